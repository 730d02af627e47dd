"""The families of training options and their members, except for layers."""
