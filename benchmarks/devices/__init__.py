"""Measures a training on several devices, and predicts it by a cost model."""
