"""Checks that examine a data set before training and return findings."""
