"""Data sets that are loaded into memory or streamed."""
