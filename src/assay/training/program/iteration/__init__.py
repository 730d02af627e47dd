"""One iteration: a batch, its objective and gradient, and the update."""
