"""The questions about optimizers."""
