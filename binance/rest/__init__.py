"""Calls of the REST client, by the venue that answers them."""
