"""Export to code in Flax NNX."""
