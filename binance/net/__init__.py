"""How one connection lives."""
