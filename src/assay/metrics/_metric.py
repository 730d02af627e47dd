"""What a metric is, the registry of all of them, and the check of their arrays."""

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

# (targets, predictions, weights) -> number, or one number per row of weights.
MetricFunction = Callable[[np.ndarray, np.ndarray, np.ndarray | None], np.ndarray]
# (targets, predictions) -> one number per row
Terms = Callable[[np.ndarray, np.ndarray], np.ndarray]
Function = TypeVar("Function", bound=MetricFunction)

CLASSIFICATION = ("binary", "multiclass")
REGRESSION = ("regression",)


@dataclass(frozen=True)
class Metric:
    """A number that says how good predictions are.

    Call it with arrays that have not been checked yet; `function` is the bare
    arithmetic, which also takes weights of shape (b, n) and then returns (b,)
    numbers: a bootstrap is a call with b rows of counts as weights.

    Args:
        function: `(targets, predictions, weights)` to the number.
        formula: the definition in the names of the arguments.
        direction: "maximize" where more is better, else "minimize".
        tasks: the kinds of task it is defined for.
        terms: `(targets, predictions)` to (n,), what each row adds to the sum that
            the metric follows, such as its squared error; None where there is none.

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
        """The name of the function, which is the key in the registry."""
        return self.function.__name__

    def __call__(
        self,
        targets: np.ndarray,
        predictions: np.ndarray,
        weights: np.ndarray | None = None,
    ) -> float:
        """Check the arrays and return the number.

        Args:
            targets: (n,) class indices, or numbers for regression.
            predictions: (n,) probability of class 1 (binary), (n, num_classes)
                probabilities (multi-class), or (n,) numbers (regression).
            weights: (n,) weights of the rows, at least one above 0.

        Raises:
            InputError: shapes, classes or values do not fit; the message names every
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
    """Return the decorator that adds a function to the registry, as a `Metric`."""

    def register(function: Function) -> Function:
        REGISTRY.add(Metric(function, formula, direction, tasks, terms))
        return function

    return register


def kinds_of(predictions: np.ndarray) -> tuple[str]:
    """Return the kind of classification that the shape of predictions implies."""
    return ("binary",) if predictions.ndim == 1 else ("multiclass",)


def check_predictions(
    kind: str,
    targets: np.ndarray,
    predictions: np.ndarray,
    weights: np.ndarray | None = None,
) -> None:
    """Raise an InputError that names every fault in the arrays of a metric."""
    faults = Faults()
    shape, n = predictions.shape, len(targets) if targets.ndim else 0
    if targets.ndim != 1 or n == 0:
        fix = "Pass one target per row."
        faults.add(fault("targets is (n,), n >= 1", "shape", targets.shape, fix))
    num_axes = 2 if kind == "multiclass" else 1
    if predictions.ndim != num_axes or shape[:1] != targets.shape[:1]:
        form = "(n, num_classes)" if kind == "multiclass" else "(n,)"
        fix = f"Pass one prediction per target, for {n} targets."
        faults.add(fault(f"predictions is {form}", "shape", shape, fix))
    if weights is not None:
        weights = np.asarray(weights)
        if weights.shape != targets.shape or (weights < 0).any() or not weights.sum():
            fix = "Pass one weight >= 0 per row, at least one above 0."
            faults.add(fault("weights is (n,)", "shape", weights.shape, fix))
    faults.raise_if_any()
    _check_values(kind, targets, predictions, faults)
    faults.raise_if_any()


def _check_values(
    kind: str, targets: np.ndarray, predictions: np.ndarray, faults: Faults
) -> None:
    bad = int(np.size(predictions) - np.isfinite(predictions).sum())
    if bad:
        fix = "The network diverged; train it with a lower learning rate."
        faults.add(fault("predictions are finite", "not finite", bad, fix))
    if kind == "regression":
        if not np.isfinite(targets).all():
            fix = "Drop the rows whose target is missing."
            faults.add(fault("targets are finite", "targets", "nan or inf", fix))
        return
    num_classes = 2 if kind == "binary" else predictions.shape[1]
    low, high = targets.min(), targets.max()
    if low < 0 or high >= num_classes or (targets != np.floor(targets)).any():
        span, fix = f"{low} to {high}", "Pass class indices."
        invariant = f"targets are whole, 0 <= targets < {num_classes}"
        faults.add(fault(invariant, "targets", span, fix))
    # A softmax in float32 may exceed 1 by a rounding error.
    if not bad and (predictions.min() < -1e-5 or predictions.max() > 1 + 1e-5):
        span = f"{predictions.min():.4g} to {predictions.max():.4g}"
        fix = "Pass probabilities, not logits."
        faults.add(fault("0 <= predictions <= 1", "predictions", span, fix))
