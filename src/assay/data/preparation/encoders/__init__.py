"""Encoders, which are fitted to the training rows and turn columns into numbers."""
