"""Charts in a terminal: plain characters, in Unicode or, where that cannot be shown, in ASCII."""
