"""Accounts, their keys and tokens, and the events of their orders. Pure."""
