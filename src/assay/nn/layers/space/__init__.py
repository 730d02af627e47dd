"""Layers that resize the space of an input."""
