"""A Twisted client for Binance's WebSocket streams. Nothing is imported here; import the modules."""
