"""Learning rates searched around what a range test proposes."""

from collections.abc import Sequence
from dataclasses import replace

from assay import spec
from assay.training import TrainingData
from assay.tuning import Candidate, RangeTest, middle, range_test

__all__ = ["around_range_tests"]

_BELOW, _ABOVE = 5, 2
"""A rate that is good for a hundred updates is rather too high for the rest."""


def around_range_tests(
    nets: Sequence[Candidate], training_data: TrainingData, *, seed: int
) -> tuple[list[Candidate], dict[str, RangeTest]]:
    """Return the nets, each rate a space around its test's proposal, and the tests.

    The other spaces stand at their middle while the rate is tested.

    Args:
        nets: kinds of net.
        material: of which train alone is used.
        seed: of the run.
    """
    found, tests = [], {}
    for net in nets:
        spaces = net.training.spaces()
        held = net.training.with_values({p: middle(s) for p, s in spaces.items()})
        test = tests[net.name] = range_test(held, training_data, seed=seed)
        space = spec.Log(test.learning_rate / _BELOW, test.learning_rate * _ABOVE)
        training = net.training.with_values({"optimizer.learning_rate": space})
        found.append(replace(net, training=training))
    return found, tests
