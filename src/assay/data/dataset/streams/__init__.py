"""Data sets whose rows stay on disk and are read during training."""
