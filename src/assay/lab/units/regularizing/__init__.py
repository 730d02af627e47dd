"""Request handlers for regularization."""
