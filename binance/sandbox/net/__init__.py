"""Connections: the port, TLS, sockets, and what goes out on them."""
