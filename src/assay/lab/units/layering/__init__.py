"""The questions about kinds of layers."""
