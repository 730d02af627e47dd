"""Splits of the rows into train, val and test."""
