"""This package in an environment: beside others of its import name, and frozen into one program."""
