"""Races of optimizers from the same start on the same batches."""
