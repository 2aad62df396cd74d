"""A user's own model, read from the files that it is kept in: its configuration, and the headers of its weights."""
