"""Explanations of what a trained model does with the rows of its data."""
