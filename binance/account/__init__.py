"""Authorisation of the events of an account."""
