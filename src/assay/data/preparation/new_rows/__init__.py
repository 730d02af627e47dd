"""Reads new rows, and compares them with the training rows."""
