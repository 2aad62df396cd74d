"""A report as one page that a browser shows from a file: no request beside it, readable without scripts."""
