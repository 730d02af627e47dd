"""The optional C++ kernels, as those who compute with them see them."""

from assay.extension._calling import call, differentiable
from assay.extension._loading import available, extension_status, usable

__all__ = ["available", "call", "differentiable", "extension_status", "usable"]
