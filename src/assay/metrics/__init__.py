"""Metrics that measure the quality of predictions.

Predictions are outputs of the model's link function: probabilities of class 1 (n,) for
a binary task, probabilities (n, num_classes) for a multiclass task, and numbers (n,)
for regression. All metrics are computed with NumPy.
"""

from assay._calls import explain_package
from assay.metrics import (
    _accuracy,
    _by_task,
    _confusion,
    _distances,
    _probabilities,
)
from assay.metrics._accuracy import *
from assay.metrics._by_task import *
from assay.metrics._confusion import *
from assay.metrics._distances import *
from assay.metrics._metric import REGISTRY, Metric, check_predictions, get, metric
from assay.metrics._probabilities import *

__all__ = ["REGISTRY", "Metric", "check_predictions", "get", "metric"]
__all__ += _accuracy.__all__
__all__ += _by_task.__all__
__all__ += _confusion.__all__
__all__ += _distances.__all__
__all__ += _probabilities.__all__

explain_package(__name__)
