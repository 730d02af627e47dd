"""What a user can ask of each layer, one family per module."""
