"""Reads columns, detects their kinds, and infers the task from the target."""
