"""Races between optimizers that share their initial values and batches."""
