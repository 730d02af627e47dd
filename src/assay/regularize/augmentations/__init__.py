"""Augmentations: random variations of the training batches."""
