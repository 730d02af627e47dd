"""Encoders: each turns one column into numbers, as fitted to the training rows."""
