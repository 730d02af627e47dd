"""The search for hyperparameters, which compares trials on val."""
