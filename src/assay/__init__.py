"""Assay trains supervised neural networks by the book and says what they are worth."""

__version__ = "0.1.0"
