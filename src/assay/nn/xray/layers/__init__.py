"""How each kind of layer opens one of its numbers."""
