"""Layers that update a state at each step of a sequence."""
