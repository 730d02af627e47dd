"""Races between optimizers, from the same start on the same batches."""
