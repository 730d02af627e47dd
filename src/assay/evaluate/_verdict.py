"""Decides whether a network fits, underfits or overfits."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from assay.evaluate._baselines import LINEAR, Baseline
from assay.evaluate._closed_form_intervals import Interval
from assay.evaluate._compare_with_baselines import (
    Part,
    compare_with_baselines,
    compared_rows,
    sample_note,
)
from assay.evaluate._comparison import Comparison
from assay.evaluate._measurement import Measurement, measure
from assay.metrics import Metric, get

__all__ = ["RULE", "Verdict", "verdict"]

MATERIAL_POINTS = 0.03
"""The smallest material gap for a metric that is maximized."""

MATERIAL_FRACTION = 0.10
"""The smallest material gap for an error, as a fraction of the training error."""

RULE = """\
A good network has a low training error and a small gap between training and test error.
It underfits if, on the training rows, it is not significantly better than the
constant baseline. It also underfits if it is significantly and materially worse than
the linear model on the training rows, and not better on the test rows.
Otherwise, it overfits if the gap cannot be explained by chance (its interval is above
0) and is material (at least 3 points of accuracy, or 10% of the training error).
Otherwise, it fits."""
"""The rule that determines the verdict."""


@dataclass(frozen=True)
class Verdict:
    """The verdict on whether a network fits, underfits or overfits, with its evidence.

    Args:
        word: "fits", "underfits" or "overfits".
        metric: the metric used for selection.
        train_value: the metric on the training rows.
        test_value: the metric on the test rows.
        training_error: 1 - train_value if the metric is maximized, else train_value.
        gap: the amount by which the metric is worse on test rows than on training rows.
        gap_interval: the confidence interval for the gap.
        reason: a sentence that explains the verdict.
    """

    word: Literal["fits", "underfits", "overfits"]
    metric: str
    train_value: float
    test_value: float
    training_error: float
    gap: float
    gap_interval: Interval
    reason: str

    def to_json(self) -> dict[str, Any]:
        """Return the verdict as plain values."""
        return {**vars(self), "gap_interval": list(self.gap_interval)}


def verdict(
    train: Part,
    test: Part,
    *,
    metric: str | Metric,
    baselines: Sequence[Baseline],
    seed: int,
    level: float = 0.95,
    num_train: int | None = None,
) -> Verdict:
    """Determine whether a network fits, underfits or overfits, according to `RULE`.

    Args:
        train: targets and predictions for the rows used to train the network.
        test: targets and predictions for rows not used in training.
        metric: the metric used for selection.
        baselines: baselines fitted on the same training rows, in the same order.
        seed: seed for the tests and bootstraps.
        level: the confidence level of the intervals and tests.
        num_train: number of rows used to train the network, if `train` contains only a
            sample of them.

    Raises:
        InputError: the arrays do not match the metric or each other.

    Example:
        >>> from types import SimpleNamespace
        >>> import numpy as np
        >>> from assay.evaluate import baselines
        >>> task = SimpleNamespace(kind="binary", classes=(0, 1))
        >>> y = np.array([0, 1] * 30)
        >>> simple = baselines(task, (y[:, None], y), (y[:, None], y), seed=0)
        >>> perfect, guess = (y, y * 1.0), (y, np.zeros(60))
        >>> verdict(perfect, perfect, metric="accuracy", baselines=simple, seed=0).word
        'fits'
        >>> verdict(guess, guess, metric="accuracy", baselines=simple, seed=0).word
        'underfits'
        >>> verdict(perfect, guess, metric="accuracy", baselines=simple, seed=0).word
        'overfits'
    """
    metric = get(metric) if isinstance(metric, str) else metric
    on_train = measure(metric, *train, seed=seed, level=level)
    on_test = measure(metric, *test, seed=seed, level=level)
    gap, gap_interval = gap_between(metric, on_train, on_test)
    rows = compared_rows(metric, len(train[0]), seed)
    compared = compare_with_baselines(
        train, baselines, rows, metric=metric, seed=seed, level=level
    )
    weak = ""
    for baseline, result in zip(baselines, compared, strict=True):
        if not weak and is_weak(metric, result, on_train.value):
            theirs = baseline.metrics[metric.name].value
            if baseline.name != LINEAR or not metric.better(on_test.value, theirs):
                weak = result.words
    if weak:
        word, reason = "underfits", f"on train, it is {weak}"
    else:
        word, reason = _by_gap(metric, gap, gap_interval, on_train.value)
    note = sample_note(rows, len(train[0]), num_train)
    values = f"{_short(on_train.value)} on train and {_short(on_test.value)} on test"
    higher = metric.direction == "maximize"
    return Verdict(
        word=word,
        metric=metric.name,
        train_value=on_train.value,
        test_value=on_test.value,
        training_error=1 - on_train.value if higher else on_train.value,
        gap=gap,
        gap_interval=gap_interval,
        reason=f"{metric.name} is {values}; {reason}{note}",
    )


def is_weak(metric: Metric, result: Comparison, train_value: float) -> bool:
    """Return whether a comparison on the training rows indicates underfitting."""
    if result.names[1] != LINEAR:
        return result.better is not True
    theirs = train_value - result.difference
    return result.better is False and is_material(
        metric, abs(result.difference), theirs
    )


def _by_gap(
    metric: Metric, gap: float, interval: Interval, train_value: float
) -> tuple[Literal["fits", "overfits"], str]:
    low, high = (_short(end) for end in interval)
    size = f"the gap of {_short(gap)} [{low}, {high}]"
    if not interval[0] > 0:  # also true for nan
        return "fits", f"{size} can be explained by chance"
    if not is_material(metric, gap, train_value):
        return "fits", f"{size} cannot be explained by chance, but is small"
    return "overfits", f"{size} cannot be explained by chance and is large"


def gap_between(
    metric: Metric, train: Measurement, test: Measurement
) -> tuple[float, Interval]:
    """Return the gap between train and test, with its interval.

    The gap is positive if the test value is worse. For the interval, the squared
    distances from the values to the ends of their intervals are added, like variances
    of independent errors.

    References:
        Zou, Donner, Construction of confidence limits about effect measures, 2008.
    """
    sign = 1.0 if metric.direction == "maximize" else -1.0
    gap = sign * (train.value - test.value)
    # gap = a - b: train - test if the metric is maximized, test - train for an error
    a, b = (train, test) if sign > 0 else (test, train)
    down = math.hypot(a.value - a.interval[0], b.interval[1] - b.value)
    up = math.hypot(a.interval[1] - a.value, b.value - b.interval[0])
    return gap, (gap - down, gap + up)


def is_material(metric: Metric, gap: float, train_value: float) -> bool:
    """Return whether a gap is material: at least 3 points, or 10% of an error.

    Example:
        >>> is_material(get("accuracy"), 0.02, 0.98)
        False
        >>> is_material(get("rmse"), 0.02, 0.15)
        True
    """
    if metric.direction == "maximize":
        return gap >= MATERIAL_POINTS
    return gap > 0 and gap >= MATERIAL_FRACTION * train_value


def _short(value: float) -> str:
    if abs(value) >= 1e7 or 0 < abs(value) < 1e-5:
        return f"{value:.3g}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3f}"
