"""Preparation of columns as network inputs, fitted to the training rows."""
