"""The questions about convolution and pooling."""
