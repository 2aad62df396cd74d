"""Changing a catalog file: what is to change, the smallest change of its text, and writing it whole."""
