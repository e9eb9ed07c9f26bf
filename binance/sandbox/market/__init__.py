"""The market: symbols, books, trades and candles, and the messages made of them. Pure."""
