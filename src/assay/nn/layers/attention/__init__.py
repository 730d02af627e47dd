"""Attention and positions."""
