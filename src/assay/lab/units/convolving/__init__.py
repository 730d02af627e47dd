"""Request handlers for convolution and pooling."""
