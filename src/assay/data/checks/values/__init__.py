"""Checks of the values in columns and in the target."""
