"""Conversion of columns to network inputs, fitted to the training rows."""
