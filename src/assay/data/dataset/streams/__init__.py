"""Data sets that stay on disk and are read during training."""
