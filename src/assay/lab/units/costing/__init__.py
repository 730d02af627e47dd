"""Request handlers for losses and costs."""
