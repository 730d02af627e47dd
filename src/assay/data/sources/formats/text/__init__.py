"""Converts text tables in various encodings and notations to plain CSV."""
