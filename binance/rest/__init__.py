"""The REST calls: their table, and what makes one."""
