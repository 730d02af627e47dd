"""Loads, splits and prepares the data of an experiment before the search."""
