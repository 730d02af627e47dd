"""Preparation: turns columns into network inputs; fitted to the training rows."""
