"""Measurements of each layer during training, made by a separate program."""
