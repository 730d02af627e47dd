"""Columns with their kinds and values, and the task that the target implies."""
