"""Layers as a user specifies them."""
