"""Data sets that stay on disk and are read while training."""
