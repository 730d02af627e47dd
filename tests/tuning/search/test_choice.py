"""The best trial is selected, and a richer network only if it is clearly better."""

import math

import numpy as np
import pytest

from assay import RunError
from assay.tuning import ranked

# From best to worst; each row loses against the previous row for the stated reason.
ORDER = (
    ("the best score", {"val_score": 0.9, "num_parameters": 900, "val_cost": 9.0}),
    ("score", {"val_score": 0.8, "num_parameters": 50, "val_cost": 9.0}),
    ("parameters", {"val_score": 0.8, "num_parameters": 60, "val_cost": 0.1}),
    ("cost on val", {"val_score": 0.8, "num_parameters": 60, "val_cost": 0.2}),
    ("updates", {"val_score": 0.8, "num_parameters": 60, "val_cost": 0.2, "more": 1}),
    ("number", {"val_score": 0.8, "num_parameters": 60, "val_cost": 0.2, "more": 1}),
)


def in_order(made, sign):
    for number, (_, fields) in enumerate(ORDER):
        fields = dict(fields)
        updates = 10 + fields.pop("more", 0)
        fields["val_score"] *= sign
        yield made(number, iterations=updates, **fields)


@pytest.mark.parametrize("maximize", [True, False])
def test_ties_go_to_the_simpler(made, maximize):
    trials = list(in_order(made, 1 if maximize else -1))
    for seed in range(5):
        mixed = [trials[i] for i in np.random.default_rng(seed).permutation(6)]
        assert ranked(mixed, maximize=maximize) == trials


def test_trials_that_diverged_are_no_choice(made):
    sound = made(4, 0.1)
    diverged = made(0, 0.9, state="diverged", diverged_at=7)
    no_number = made(1, math.nan)
    infinite = made(2, -math.inf)
    without_update = made(3, 0.9, iterations=0)
    trials = [diverged, no_number, infinite, without_update, sound]
    assert ranked(trials, maximize=True) == [sound]
    assert ranked(trials, maximize=False) == [sound]


def test_none_left_is_told_with_a_remedy(made):
    trials = [
        made(0, math.nan, state="diverged", diverged_at=3),
        made(1, math.nan, state="diverged", diverged_at=12),
        made(2, 0.9, state="diverged", diverged_at=3),
    ]
    with pytest.raises(RunError) as caught:
        ranked(trials, maximize=True)
    assert str(caught.value) == (
        "All 3 trials diverged (at iterations 3, 12): the cost became infinite or nan. "
        "Use a lower learning rate, such as optimizer.learning_rate = 0.0001 (in "
        "Python, optimizer={'kind': 'adam', 'learning_rate': 0.0001})."
    )
