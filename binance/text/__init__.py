"""Text of others, made fit to be shown. Pure."""
