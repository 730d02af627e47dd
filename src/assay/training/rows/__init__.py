"""Rows of a part of the data, in memory or streamed."""
