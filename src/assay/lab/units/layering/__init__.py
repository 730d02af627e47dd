"""Request handlers for kinds of layers."""
