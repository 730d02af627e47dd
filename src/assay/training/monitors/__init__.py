"""Measurements of each layer during training, made by a program of their own."""
