"""Preparation: columns to numbers for a network, fitted on the training rows."""
