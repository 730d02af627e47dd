"""Activation functions; importing this package registers them all."""

from assay.nn.activations import _functions as _functions
