"""The rows of a part of the data, in memory or streamed."""
