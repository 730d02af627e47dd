"""The definition of a metric, the registry of metrics, and the input checks."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np

from assay._errors import Faults, fault
from assay.spec import Registry

__all__ = [
    "CLASSIFICATION",
    "REGISTRY",
    "REGRESSION",
    "Metric",
    "check_predictions",
    "get",
    "metric",
]

Direction = Literal["maximize", "minimize"]

# (targets, predictions, weights) -> one number, or b numbers for weights (b, n)
MetricFunction = Callable[[np.ndarray, np.ndarray, np.ndarray | None], np.ndarray]
# (targets, predictions) -> one number per row
Terms = Callable[[np.ndarray, np.ndarray], np.ndarray]
Function = TypeVar("Function", bound=MetricFunction)

CLASSIFICATION = ("binary", "multiclass")
REGRESSION = ("regression",)


@dataclass(frozen=True)
class Metric:
    """A measure of the quality of predictions.

    Calling a metric checks the arrays and then calls `function`, which performs no
    checks. `function` also accepts weights (b, n), for which it returns (b,) numbers. A
    bootstrap therefore needs only one call, with b rows of resampling counts as
    weights.

    Args:
        function: function that maps `(targets, predictions, weights)` to the value.
        formula: definition in terms of the argument names.
        direction: "maximize" if higher is better, otherwise "minimize".
        tasks: the kinds of tasks for which the metric is defined.
        terms: function that maps `(targets, predictions)` to the contribution (n,)
            of each row to the metric, such as its squared error; None if the metric is
            not based on a sum over rows.

    Example:
        >>> import numpy as np
        >>> from assay.metrics import get
        >>> accuracy = get("accuracy")
        >>> accuracy(np.array([0, 1, 1, 0]), np.array([0.2, 0.9, 0.4, 0.1]))
        0.75
        >>> accuracy.direction
        'maximize'
    """

    function: MetricFunction
    formula: str
    direction: Direction
    tasks: tuple[str, ...]
    terms: Terms | None = None

    @property
    def name(self) -> str:
        """The name of the function, which is the metric's key in the registry."""
        return self.function.__name__

    def __call__(
        self,
        targets: np.ndarray,
        predictions: np.ndarray,
        weights: np.ndarray | None = None,
    ) -> float:
        """Check the arrays and return the value of the metric.

        Args:
            targets: (n,) class indices, or numbers for regression.
            predictions: (n,) probabilities of class 1 (binary), (n, num_classes)
                probabilities (multiclass), or (n,) numbers (regression).
            weights: (n,) row weights >= 0, not all 0.

        Raises:
            InputError: shapes, classes or values are invalid. The message lists every
                fault.
        """
        targets, predictions = np.asarray(targets), np.asarray(predictions)
        kinds = self.tasks if len(self.tasks) == 1 else kinds_of(predictions)
        check_predictions(kinds[0], targets, predictions, weights)
        return float(self.function(targets, predictions, weights))

    def better(self, a: float, b: float) -> bool:
        """Return whether the value a is better than the value b."""
        return a > b if self.direction == "maximize" else a < b


REGISTRY: Registry[Metric] = Registry("metric")
get = REGISTRY.find


def metric(
    *,
    formula: str,
    direction: Direction,
    tasks: tuple[str, ...],
    terms: Terms | None = None,
) -> Callable[[Function], Function]:
    """Return a decorator that registers a function as a `Metric`."""

    def register(function: Function) -> Function:
        REGISTRY.add(Metric(function, formula, direction, tasks, terms))
        return function

    return register


def kinds_of(predictions: np.ndarray) -> tuple[str]:
    """Return the kind of classification implied by the shape of the predictions."""
    return ("binary",) if predictions.ndim == 1 else ("multiclass",)


def check_predictions(
    kind: str,
    targets: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None = None,
) -> None:
    """Raise an InputError listing all faults unless a metric's inputs are valid."""
    faults = Faults()
    shape, n = predictions.shape, len(targets) if targets.ndim else 0
    if targets.ndim != 1 or n == 0:
        fix = "Pass one target per row."
        faults.add(fault("targets.shape == (n,), n >= 1", "shape", targets.shape, fix))
    num_axes = 2 if kind == "multiclass" else 1
    if predictions.ndim != num_axes or shape[:1] != targets.shape[:1]:
        form = "(n, num_classes)" if kind == "multiclass" else "(n,)"
        fix = f"Pass one prediction for each of the {n} targets."
        faults.add(fault(f"predictions.shape == {form}", "shape", shape, fix))
    if weights is not None:
        weights = np.asarray(weights)
        if weights.shape != targets.shape or (weights < 0).any() or not weights.sum():
            fix = "Pass one weight >= 0 per row, with at least one above 0."
            faults.add(fault("weights.shape == (n,)", "shape", weights.shape, fix))
    faults.raise_if_any()
    _check_values(kind, targets, predictions, faults)
    faults.raise_if_any()


def _check_values(
    kind: str, targets: np.ndarray, predictions: np.ndarray, faults: Faults
) -> None:
    bad = int(np.size(predictions) - np.isfinite(predictions).sum())
    if bad:
        fix = "The network diverged. Lower the learning rate and train again."
        faults.add(fault("isfinite(predictions)", "num_not_finite", bad, fix))
    if kind == "regression":
        if not np.isfinite(targets).all():
            fix = "Drop the rows with a missing target."
            faults.add(fault("isfinite(targets)", "targets", "nan or inf", fix))
        return
    num_classes = 2 if kind == "binary" else predictions.shape[1]
    low, high = targets.min(), targets.max()
    if low < 0 or high >= num_classes or (targets != np.floor(targets)).any():
        span, fix = f"{low} to {high}", "Pass class indices."
        invariant = f"0 <= targets < {num_classes}, targets == floor(targets)"
        faults.add(fault(invariant, "targets", span, fix))
    # A float32 softmax may exceed 1 by a rounding error.
    if not bad and (predictions.min() < -1e-5 or predictions.max() > 1 + 1e-5):
        span = f"{predictions.min():.4g} to {predictions.max():.4g}"
        fix = "Pass probabilities, not logits."
        faults.add(fault("0 <= predictions <= 1", "predictions", span, fix))
