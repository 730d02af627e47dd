"""The questions about regularization."""
