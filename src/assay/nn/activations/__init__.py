"""Activation functions, registered when this package is imported."""

from assay.nn.activations import _functions as _functions
