"""Data sets whose rows are read when needed instead of being kept in memory."""
