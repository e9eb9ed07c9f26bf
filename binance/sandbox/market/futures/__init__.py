"""Futures: USD-M and COIN-M contracts, one market of both, and its messages. Pure."""
