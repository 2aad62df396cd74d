"""Charts in characters, one file for each kind of picture, over one grid with two axes."""
