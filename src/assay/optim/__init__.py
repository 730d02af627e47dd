"""Optimizers, learning-rate schedules and gradient clipping."""

from assay._calls import explain_package
from assay.optim import _adam, _clipping, _lion, _sgd, _squares, schedules
from assay.optim._adam import *
from assay.optim._clipping import *
from assay.optim._lion import *
from assay.optim._optimizer import REGISTRY, Optimizer, get, implements
from assay.optim._sgd import *
from assay.optim._squares import *

__all__ = ["REGISTRY", "Optimizer", "get", "implements", "schedules"]
__all__ += _adam.__all__
__all__ += _clipping.__all__
__all__ += _lion.__all__
__all__ += _sgd.__all__
__all__ += _squares.__all__

explain_package(__name__)
