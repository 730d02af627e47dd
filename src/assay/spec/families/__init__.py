"""The families of options for training, other than layers, and their members."""
