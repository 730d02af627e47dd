"""The questions about the learning rate."""
