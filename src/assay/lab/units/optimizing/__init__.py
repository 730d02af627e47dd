"""Request handlers for optimizers."""
