"""Early stopping decides correctly after one epoch and over a whole fit."""

import math

import pytest

from assay.regularize import patience


def judge(value, best, stale, *, epochs=2, least=0.0):
    """Return (improved, stale epochs, stop) as plain values."""
    improved, stale, stop = patience(
        value, best, stale, patience_epochs=epochs, min_improvement=least
    )
    return bool(improved), int(stale), bool(stop)


@pytest.mark.parametrize(
    ("value", "best", "stale", "least", "expected"),
    [
        (0.9, math.inf, 0, 0.0, (True, 0, False)),  # the first epoch
        (0.9, 1.0, 0, 0.0, (True, 0, False)),
        (0.9, 1.0, 1, 0.0, (True, 0, False)),  # resets the count
        (1.0, 1.0, 0, 0.0, (False, 1, False)),  # an equal cost is not an improvement
        (1.1, 1.0, 0, 0.0, (False, 1, False)),
        (1.1, 1.0, 1, 0.0, (False, 2, True)),  # patience is exhausted
        (1.1, 1.0, 5, 0.0, (False, 6, True)),
        (0.95, 1.0, 0, 0.1, (False, 1, False)),  # the improvement is too small
        (0.95, 1.0, 1, 0.1, (False, 2, True)),
        (0.85, 1.0, 1, 0.1, (True, 0, False)),
        (math.nan, 1.0, 1, 0.0, (False, 2, True)),  # nan is not an improvement
        (math.nan, math.inf, 0, 0.0, (False, 1, False)),
        (math.inf, math.inf, 0, 0.0, (False, 1, False)),
    ],
)
def test_truth_table(value, best, stale, least, expected):
    assert judge(value, best, stale, least=least) == expected


@pytest.mark.parametrize("epochs", [1, 2, 3])
def test_training_stops_after_patience_epochs_in_a_row(epochs):
    course = [5.0, 4.0, 4.5, 3.0, 3.0, 3.5, 3.2, 9.0]
    best, stale = math.inf, 0
    stops = []
    for value in course:
        improved, stale, stop = judge(value, best, stale, epochs=epochs)
        best = value if improved else best
        stops.append(stop)
        if stop:
            break
    assert stops == [False] * {1: 2, 2: 5, 3: 6}[epochs] + [True]
    assert best == {1: 4.0, 2: 3.0, 3: 3.0}[epochs]
