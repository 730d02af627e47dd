"""Defaults for what the user leaves open, derived from the data."""
