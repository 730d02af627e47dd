"""Converts text tables in various encodings and formats to plain CSV."""
