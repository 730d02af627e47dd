"""Measures each layer during training with a separate program."""
