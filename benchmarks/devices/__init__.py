"""Measures and predicts the duration of training on several devices."""
