"""Checks of a data set before training, each of which returns findings."""
