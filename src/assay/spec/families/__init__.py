"""The families of training options, except layers, with their members."""
