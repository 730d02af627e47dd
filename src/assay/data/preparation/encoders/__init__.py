"""Encoders that turn columns into numbers, fitted to the training rows."""
