"""The command line: one file per command; a command calls one function and returns an exit status."""
