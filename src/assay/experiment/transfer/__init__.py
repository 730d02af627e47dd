"""Transfer learning: runs that start from the model of another run."""
