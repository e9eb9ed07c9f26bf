"""Consumers: what takes messages in batches, and hands them on elsewhere."""
