"""Narrows learning-rate spaces with a range test."""

from collections.abc import Sequence
from dataclasses import replace

from assay import spec
from assay.training import TrainingData
from assay.tuning import Candidate, RangeTest, middle, range_test

__all__ = ["around_range_tests"]

# A range test trains for about a hundred updates. A rate that works well for such a
# short time is usually too high for a complete fit.
_BELOW, _ABOVE = 5, 2


def around_range_tests(
    candidates: Sequence[Candidate], training_data: TrainingData, *, seed: int
) -> tuple[list[Candidate], dict[str, RangeTest]]:
    """Narrow each candidate's learning-rate space around the result of a range test.

    During the test, all other search spaces are replaced by their middle values.

    Args:
        candidates: kinds of network.
        training_data: training data; only the training set is used.
        seed: seed of the run.

    Returns:
        The candidates with their new spaces, and the range tests keyed by candidate
        name.
    """
    narrowed: list[Candidate] = []
    tests: dict[str, RangeTest] = {}
    for candidate in candidates:
        spaces = candidate.training.spaces()
        middles = {path: middle(space) for path, space in spaces.items()}
        training = candidate.training.with_values(middles)
        test = tests[candidate.name] = range_test(training, training_data, seed=seed)
        space = spec.Log(test.learning_rate / _BELOW, test.learning_rate * _ABOVE)
        training = candidate.training.with_values({"optimizer.learning_rate": space})
        narrowed.append(replace(candidate, training=training))
    return narrowed, tests
