"""Reads in-memory arrays."""
