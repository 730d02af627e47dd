"""Finished runs: their records, and how their models process examples."""
