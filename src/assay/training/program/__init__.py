"""The compiled program: all epochs of a fit as one XLA program."""
