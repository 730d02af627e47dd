"""Reads the target column and infers the prediction task."""
