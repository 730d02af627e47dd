"""Request handlers for the learning rate."""
