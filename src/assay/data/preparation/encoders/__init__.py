"""Encoders, which turn columns into numbers and are fitted to the training rows."""
