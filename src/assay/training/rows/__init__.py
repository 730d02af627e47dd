"""Rows of one part of the data, either in memory or streamed."""
