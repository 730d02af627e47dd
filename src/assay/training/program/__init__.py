"""The compiled program: every epoch of a training as one XLA program."""
