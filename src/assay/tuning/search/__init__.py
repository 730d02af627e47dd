"""The search for hyperparameters, which are judged on val."""
