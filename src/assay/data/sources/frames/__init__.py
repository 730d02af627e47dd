"""Readers for frames, mappings of columns, and lists of rows."""
