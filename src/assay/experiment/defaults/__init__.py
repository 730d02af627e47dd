"""Defaults, derived from the data, for values that the user does not set."""
