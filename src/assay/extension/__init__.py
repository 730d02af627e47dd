"""The optional C++ kernels and their status."""

from assay.extension._calling import call, differentiable
from assay.extension._interface import ACTIVATIONS, MIX_LAST_SHIFT, MIX_ROUNDS
from assay.extension._loading import available, extension_status, usable

__all__ = [
    "ACTIVATIONS",
    "MIX_LAST_SHIFT",
    "MIX_ROUNDS",
    "available",
    "call",
    "differentiable",
    "extension_status",
    "usable",
]
