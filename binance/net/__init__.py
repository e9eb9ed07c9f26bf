"""Network connections: sockets, their life and their limits; the bounds of a REST call."""
