"""Loads, splits and prepares the data of an experiment, all before the search."""
