"""The question: traffic, a catalog and a day. Whoever wants a price asks a case."""
