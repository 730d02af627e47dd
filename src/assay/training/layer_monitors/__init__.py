"""Uses a separate program to measure each layer during training."""
