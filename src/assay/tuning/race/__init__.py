"""Races between optimizers that start from the same initial values."""
