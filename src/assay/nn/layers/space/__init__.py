"""Layers that resize the spatial axes of an input."""
