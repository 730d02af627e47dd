"""Encoders: each is fitted to the training rows and turns one column into numbers."""
