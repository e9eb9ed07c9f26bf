"""The order of messages, and moves from one connection to another. Pure."""
