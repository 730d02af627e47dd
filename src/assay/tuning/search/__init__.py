"""The search for hyperparameters on val."""
