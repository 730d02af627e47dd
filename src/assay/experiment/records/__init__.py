"""Writes the records of a run: its settings, its trainings, its summary."""
