"""Data sets, which are loaded into memory or streamed."""
