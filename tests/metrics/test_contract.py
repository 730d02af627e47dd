"""Every registered metric obeys the same contract."""

from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assay import metrics
from assay._errors import InputError
from assay.metrics import REGISTRY


class Row(NamedTuple):
    direction: str
    tasks: tuple[str, ...]
    best: float
    bounds: tuple[float, float]


CLASSES, NUMBERS = ("binary", "multiclass"), ("regression",)
INFINITY = float("inf")
TABLE = {
    "accuracy": Row("maximize", CLASSES, 1, (0, 1)),
    "balanced_accuracy": Row("maximize", CLASSES, 1, (0, 1)),
    "f1": Row("maximize", CLASSES, 1, (0, 1)),
    "auroc": Row("maximize", CLASSES, 1, (0, 1)),
    "log_loss": Row("minimize", CLASSES, 0, (0, INFINITY)),
    "brier": Row("minimize", CLASSES, 0, (0, 2)),
    "expected_calibration_error": Row("minimize", CLASSES, 0, (0, 1)),
    "rmse": Row("minimize", NUMBERS, 0, (0, INFINITY)),
    "mae": Row("minimize", NUMBERS, 0, (0, INFINITY)),
    "r2": Row("maximize", NUMBERS, 1, (-INFINITY, 1)),
}
CASES = [(name, kind) for name, row in TABLE.items() for kind in row.tasks]


def sample(kind: str, n: int = 40, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw targets in which each class occurs, and predictions with ties."""
    rng = np.random.default_rng(seed)
    if kind == "regression":
        targets = rng.normal(size=n)
        return targets, targets + rng.normal(size=n)
    if kind == "binary":
        return np.arange(n) % 2, rng.integers(1, 10, n) / 10
    scores = rng.integers(1, 9, (n, 3)).astype(float)
    return np.arange(n) % 3, scores / scores.sum(axis=1, keepdims=True)


def perfect(kind: str) -> tuple[np.ndarray, np.ndarray]:
    targets, _ = sample(kind)
    return targets, np.eye(3)[targets] if kind == "multiclass" else targets.astype(
        float
    )


def test_table_covers_the_registry():
    assert set(TABLE) == set(REGISTRY)


@pytest.mark.parametrize("kind", [*CLASSES, *NUMBERS])
def test_metrics_of_a_task_are_in_the_order_of_the_table(kind):
    names = [metric.name for metric in metrics.for_task(kind)]
    assert names == [name for name, row in TABLE.items() if kind in row.tasks]


@pytest.mark.parametrize("name", TABLE)
def test_description(name):
    metric, row = metrics.get(name), TABLE[name]
    assert (metric.name, metric.direction, metric.tasks) == (name, row[0], row[1])
    assert getattr(metrics, name) is metric.function
    assert metric.formula
    assert metric.better(*((2.0, 1.0) if row.direction == "maximize" else (1.0, 2.0)))


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_perfect_predictions_reach_the_best(name, kind):
    assert metrics.get(name)(*perfect(kind)) == pytest.approx(
        TABLE[name].best, abs=1e-12
    )


@pytest.mark.parametrize(("name", "kind"), CASES)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_within_bounds_and_no_better_than_perfect(name, kind, seed):
    metric, row = metrics.get(name), TABLE[name]
    value = metric(*sample(kind, seed=seed))
    assert isinstance(value, float)
    assert row.bounds[0] - 1e-12 <= value <= row.bounds[1] + 1e-12
    assert not metric.better(value, row.best)


@pytest.mark.parametrize(("name", "kind"), CASES)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_order_of_rows_does_not_matter(name, kind, seed):
    targets, predictions = sample(kind, seed=seed)
    order = np.random.default_rng(seed).permutation(len(targets))
    metric = metrics.get(name)
    moved = metric(targets[order], predictions[order])
    assert moved == pytest.approx(metric(targets, predictions), abs=1e-12)


@pytest.mark.parametrize(("name", "kind"), CASES)
@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1))
def test_weights_are_repetitions(name, kind, seed):
    targets, predictions = sample(kind, seed=seed)
    counts = np.random.default_rng(seed).integers(0, 4, (3, len(targets)))
    counts[:, :3] += 1  # every class remains
    function = metrics.get(name).function
    many = function(targets, predictions, counts)
    assert many.shape == (3,)
    for value, row in zip(many, counts, strict=True):
        rows = np.repeat(np.arange(len(targets)), row)
        assert value == pytest.approx(function(targets[rows], predictions[rows], None))
        assert value == pytest.approx(function(targets, predictions, row * 0.5))


@pytest.mark.parametrize(("name", "kind"), CASES)
def test_float32_is_summed_in_float64(name, kind):
    targets, predictions = sample(kind, n=3000)
    narrow = predictions.astype(np.float32)
    metric = metrics.get(name)
    assert metric(targets, narrow) == pytest.approx(
        metric(targets, narrow.astype(np.float64)), rel=1e-12
    )


@pytest.mark.parametrize("name", TABLE)
def test_faults_are_reported_together(name):
    metric = metrics.get(name)
    with pytest.raises(InputError) as error:
        metric(np.zeros((2, 2)), np.zeros(3), np.ones(5))
    assert len(error.value.faults) == 3
    assert "targets.shape == (n,)" in str(error.value)
    assert "predictions.shape ==" in str(error.value)
    assert "weights.shape == (n,)" in str(error.value)


@pytest.mark.parametrize(
    ("targets", "predictions", "message"),
    [
        ([0, 1], [0.5, np.nan], "isfinite(predictions)"),
        ([0, 2], [0.5, 0.5], "0 <= targets < 2"),
        ([0, 0.5], [0.5, 0.5], "targets == floor(targets)"),
        ([0, 1], [-3.0, 0.5], "Pass probabilities, not logits."),
        ([0, 3], [[0.2, 0.4, 0.4]] * 2, "0 <= targets < 3"),
        ([], [], "targets.shape == (n,), n >= 1"),
    ],
)
def test_values_are_checked(targets, predictions, message):
    with pytest.raises(InputError) as error:
        metrics.get("accuracy")(np.array(targets), np.array(predictions))
    assert message in str(error.value)


def test_missing_targets_are_reported():
    with pytest.raises(InputError, match=r"isfinite\(targets\)"):
        metrics.get("mae")(np.array([np.nan]), np.array([1.0]))


def test_rounding_above_one_is_accepted():
    assert metrics.get("accuracy")(np.array([1]), np.array([1.0 + 1e-7])) == 1
