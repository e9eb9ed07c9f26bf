"""The threads of the process, and how it ends."""
