"""Frames, columns of Python objects, and rows with names."""
