"""Encoders that convert columns to numbers, fitted to the training rows."""
