"""Selects the kind of network and its settings on the validation set."""
