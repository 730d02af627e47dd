"""Columns, with their kinds and values, and the task implied by the target."""
