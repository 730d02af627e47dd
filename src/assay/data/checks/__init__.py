"""Checks of a data set before training; each check returns findings."""
