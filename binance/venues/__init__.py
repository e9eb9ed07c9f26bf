"""The venues: what each exchange offers, and what its answers mean. Pure."""
