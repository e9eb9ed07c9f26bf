"""Consumers, which take messages in batches and deliver them elsewhere."""
