"""Measures training on several devices, and predicts its duration with a cost model."""
