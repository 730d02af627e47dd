"""Finished runs: their records, and what their models do with examples."""
