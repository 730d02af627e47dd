"""Measures training on several devices, and predicts its time with a cost model."""
