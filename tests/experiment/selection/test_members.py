"""The members of a model are trained with the best settings in turn."""

from dataclasses import replace

import pytest
from tests.experiment.selection.trials import TRIAL

from assay import spec
from assay.experiment.selection._compare_networks import next_best
from assay.experiment.selection._cross_validate import Finalist
from assay.experiment.selection._selection import Selection
from assay.tuning import Candidate, Search

SCORES = [0.6, 0.9, 0.8, 0.7]


def search(num_settings):
    """Return a search over learning rates, with the scores above."""
    training = spec.Training(optimizer=spec.Adam(spec.Log(1e-3, 1.0)))
    candidate = Candidate("realmlp", training, 4, 5, (), num_settings)
    path = "optimizer.learning_rate"
    trials = [
        replace(TRIAL, number=n, values={path: 0.1 * (n + 1)}, val_score=score)
        for n, score in enumerate(SCORES)
    ]
    return Search(candidate, tuple(trials), True, {})


def members(number, num_settings):
    """Return the trials of the members if a trial is selected."""
    done = search(num_settings)
    trial = done.trials[number]
    training = done.candidate.training.with_values(trial.values)
    best = Finalist(done.candidate, trial, training)
    others = next_best(best, done)
    fields = (None, done.trials, trial, training, 5, {}, (), others)
    return Selection(*fields).member_settings


@pytest.mark.parametrize(
    ("number", "num_settings", "expected"),
    [
        (1, 3, [1, 2, 3, 1, 2]),
        (2, 3, [2, 1, 3, 2, 1]),  # the folds have preferred another one than val
        (0, 3, [0, 1, 2, 0, 1]),
        (1, 1, [1, 1, 1, 1, 1]),
        (1, 9, [1, 2, 3, 0, 1]),
    ],
)
def test_members_take_the_best_settings_in_turn(number, num_settings, expected):
    settings = members(number, num_settings)
    assert [setting.trial.number for setting in settings] == expected
    for setting in settings:
        rate = setting.trial.values["optimizer.learning_rate"]
        assert setting.training.optimizer == spec.Adam(rate)
