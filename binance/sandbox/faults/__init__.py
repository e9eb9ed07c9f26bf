"""Faults: which are in force, and what they ask of connections and answers."""
