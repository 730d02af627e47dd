"""Serves the records of runs as JSON and manages the training processes."""
