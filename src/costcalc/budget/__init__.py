"""What may be spent, and what changed."""
