"""Sockets: subscriptions, their shards, and the delivery to the user's code."""
