"""How this package lives in an environment: beside others of its import name, and frozen into one program."""
