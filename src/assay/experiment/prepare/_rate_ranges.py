"""Narrows learning-rate spaces to the neighborhood of a range test's proposal."""

from collections.abc import Sequence
from dataclasses import replace

from assay import spec
from assay.training import TrainingData
from assay.tuning import Candidate, RangeTest, middle, range_test

__all__ = ["around_range_tests"]

# A range test trains for about a hundred updates; a rate that is good for such a short
# time is usually too high for a whole training.
_BELOW, _ABOVE = 5, 2


def around_range_tests(
    candidates: Sequence[Candidate], training_data: TrainingData, *, seed: int
) -> tuple[list[Candidate], dict[str, RangeTest]]:
    """Search each candidate's learning rate around the proposal of a range test.

    During the test, all other spaces are at their middle.

    Args:
        candidates: kinds of network.
        training_data: training data; only train is used.
        seed: seed of the run.

    Returns:
        The candidates with their new spaces, and the tests by name of the candidate.
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
