"""Columns with their kinds and values, and the task inferred from the target."""
