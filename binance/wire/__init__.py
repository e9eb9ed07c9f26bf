"""Payloads, frames, limits and waits of a connection. Pure."""
