"""X-rays, which break down any number in a layer's output into a sum of terms."""

from assay.nn.xray import layers as _layers  # noqa: F401 - registers the x-rays
from assay.nn.xray._calculation import Calculation, Check, Line, Term
from assay.nn.xray._layer_pass import LayerPass
from assay.nn.xray._model_pass import ModelPass, explain, watch
from assay.nn.xray._registry import XRAYS, Explainer, xrays
from assay.nn.xray._xray import Xray

__all__ = [
    "XRAYS",
    "Calculation",
    "Check",
    "Explainer",
    "LayerPass",
    "Line",
    "ModelPass",
    "Term",
    "Xray",
    "explain",
    "watch",
    "xrays",
]
