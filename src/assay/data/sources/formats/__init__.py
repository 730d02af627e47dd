"""File formats: how each is read."""
