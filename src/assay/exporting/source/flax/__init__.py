"""Export to Flax NNX code."""
