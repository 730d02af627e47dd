"""The options of each layer, one family per module."""
