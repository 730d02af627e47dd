"""Data sets: a source loaded in memory or streamed, with its task."""
