"""The search for hyperparameters, judged on val."""
