"""Request handlers for activations."""
