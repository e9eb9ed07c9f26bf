"""``python -m binance doctor``: checks of this machine, of its connections, and of an API key."""
