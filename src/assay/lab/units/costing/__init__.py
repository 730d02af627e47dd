"""The questions about losses and costs."""
