"""Options: calls and puts on the underlyings of USD-M, their prices, and their messages. Pure."""
