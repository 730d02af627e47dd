"""The questions about activations."""
