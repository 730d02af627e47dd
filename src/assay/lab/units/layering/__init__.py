"""Request handlers for particular kinds of layers."""
