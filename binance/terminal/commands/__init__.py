"""The commands that need arguments of some length: their parsers, and what the arguments lead to."""
