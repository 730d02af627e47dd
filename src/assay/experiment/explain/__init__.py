"""Explanations of a trained model's predictions."""
