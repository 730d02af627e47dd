"""Activation functions; importing the package registers them all."""

from assay.nn.activations import _functions as _functions
