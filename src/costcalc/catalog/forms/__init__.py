"""The types of the catalog's files: validation, JSON Schema and messages derive from them."""
