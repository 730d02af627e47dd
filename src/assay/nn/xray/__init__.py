"""X-ray: any number of a model, opened down to inputs times weights plus bias."""

from assay.nn.xray._member import XRAYS, Made, Member, xrays
from assay.nn.xray._seen import Seen
from assay.nn.xray._terms import Check, Line, Term
from assay.nn.xray._watch import Watched, explain, watch
from assay.nn.xray._xray import Xray
from assay.nn.xray.layers import (  # noqa: F401 - each registers its layers
    _activation,
    _convolution,
    _dense,
    _normalization,
    _pooling,
    _recurrent,
    _shaping,
)

__all__ = [
    "XRAYS",
    "Check",
    "Line",
    "Made",
    "Member",
    "Seen",
    "Term",
    "Watched",
    "Xray",
    "explain",
    "watch",
    "xrays",
]
