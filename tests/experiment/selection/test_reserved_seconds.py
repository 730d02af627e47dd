"""The time reserved for later stages follows from measured durations."""

from dataclasses import replace

import numpy as np
import pytest
from tests.experiment.selection.trials import TRIAL

from assay import spec
from assay.data import load
from assay.experiment.prepare._load import LoadedData
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.prepare._rows import prepare_rows
from assay.experiment.prepare._split import split
from assay.experiment.selection import (
    _cross_validate,
    _machine_slowness,
    _reserved_seconds,
    _test_seconds,
)
from assay.experiment.selection._cross_validate import NUM_FINALISTS
from assay.experiment.selection._machine_slowness import machine_slowness
from assay.experiment.selection._reserved_seconds import seconds_after
from assay.experiment.selection._test_seconds import seconds_of_test
from assay.training import Fitted
from assay.tuning import Candidate, Search

WORKERS = 2


def prepared_with(num_units, cells, make_experiment):
    """Return a table of few rows with two kinds of network, not compiled yet."""
    frame = cells()
    changes = {"cost": spec.BinaryCrossEntropy(), "regularizers": ()}
    experiment = make_experiment(frame).model_copy(update=changes)
    parts = split(LoadedData(experiment, load(frame, target=experiment.target)))
    model = (spec.Dense(num_units), spec.Tanh())  # like in no other test
    layers = {"model": model, "optimizer": spec.Adam(0.1)}
    training = experiment.training().model_copy(update=layers)
    kinds = tuple(Candidate(name, training, 9) for name in ("linear", "rich"))
    rows = replace(prepare_rows(parts), seconds=0.0)
    return PreparedData(parts, rows, kinds)


@pytest.fixture(scope="module")
def prepared(cells, make_experiment):
    return prepared_with(41, cells, make_experiment)


def finished(candidate, *durations, scores=None):
    """Return a finished search with trials of given durations."""
    scores = scores or [0.9] * len(durations)
    trials = [
        replace(TRIAL, number=number, val_score=score, duration_seconds=seconds)
        for number, (score, seconds) in enumerate(zip(scores, durations, strict=True))
    ]
    return Search(candidate, tuple(trials), True, {})


def reserved(prepared, searches=(), seconds=(), epoch=0.0, refit=True, **options):
    return seconds_after(
        prepared,
        searches,
        seconds,
        epoch,
        followed_by_refit=refit,
        num_workers=WORKERS,
        **options,
    )


def test_folds_take_as_long_as_the_trials_of_the_finalists(prepared):
    done = finished(prepared.candidates[0], 1, 2, 4, 8, scores=[0.7, 0.8, 0.6, 0.9])
    # the best two are the trials of 8 and 2 seconds
    assert reserved(prepared, [done], refit=False) == pytest.approx(50 / WORKERS)
    running = reserved(prepared, [done], [3.0, 3.0, 3.0], refit=False)
    expected = 5 * (8 + 2 + NUM_FINALISTS * 3) / WORKERS
    assert running == pytest.approx(expected)


def test_many_val_rows_need_at_most_the_best_of_each_kind(prepared, monkeypatch):
    monkeypatch.setattr(_cross_validate, "ENOUGH_VAL", 1)
    done = finished(prepared.candidates[0], 1, 2, scores=[0.7, 0.8])
    assert reserved(prepared, [done], [4.0], refit=False) == pytest.approx(2)
    known = replace(done, fitted=Fitted({}, {}, 100))
    assert reserved(prepared, [known], [4.0], refit=False) == 0


def test_the_refit_takes_as_long_as_the_longest_trial(prepared):
    short, long = ([seconds] for seconds in (10.0, 30.0))
    assert reserved(prepared, (), long) - reserved(prepared, (), short) > 20
    members = tuple(replace(kind, members=2 * WORKERS) for kind in prepared.candidates)
    twice = replace(prepared, candidates=members)
    assert reserved(twice, (), long) - reserved(prepared, (), long) > 30


def test_the_kind_with_the_best_score_is_trained_with_all_members(prepared):
    members = tuple(replace(kind, members=3 * WORKERS) for kind in prepared.candidates)
    several = replace(prepared, candidates=members)
    done = finished(several.candidates[0], 1.0, scores=[0.8])

    def added(score):
        short, long = (
            reserved(several, [done], [seconds], score=score, with_folds=False)
            for seconds in (10.0, 20.0)
        )
        return long - short

    once = added(0.7)
    assert once == pytest.approx(10 * _reserved_seconds._REFIT)
    assert added(0.9) == pytest.approx(3 * once)
    assert added(None) == pytest.approx(3 * once)  # it may become the best
    experiment = several.data.experiment.model_copy(update={"members": 3 * WORKERS})
    several = replace(several, data=replace(several.data, experiment=experiment))
    assert added(0.7) == pytest.approx(3 * once)  # the user has chosen the number


def test_updates_after_the_best_epoch_are_not_repeated(prepared):
    done = finished(prepared.candidates[0], 8.0, 8.0)
    early = [replace(trial, num_updates=400) for trial in done.trials]
    before = reserved(prepared, [done], refit=False)
    after = reserved(prepared, [replace(done, trials=tuple(early))], refit=False)
    assert after == pytest.approx(before / 4)  # the kept iteration is 100


def test_only_a_finalist_is_trained_again(prepared):
    best_first = reserved(prepared, (), [2.0, 3.0, 30.0])
    assert best_first < reserved(prepared, (), [30.0, 2.0, 3.0]) - 20


def test_predictions_take_as_long_as_the_pace_of_an_epoch_suggests(
    prepared, monkeypatch
):
    def added():
        return reserved(prepared, (), [9.0], 4.0) - reserved(prepared, (), [9.0])

    rows = prepared.data.dataset.num_examples / len(prepared.data.split.train)
    all_rows = added()
    assert all_rows == pytest.approx(4 * rows * _reserved_seconds._FORWARD)
    monkeypatch.setattr(_test_seconds, "FITTED_ROWS", 10)
    assert added() < all_rows / 2  # only 10 of the training rows are predicted


def test_folds_and_refit_prepare_the_rows_again(prepared):
    slow = replace(prepared, tuning=replace(prepared.tuning, seconds=3.0))
    done = finished(prepared.candidates[0], 1, 1)
    for refit, times in ((True, 5 + 2), (False, 5)):
        more = reserved(slow, [done], refit=refit) - reserved(
            prepared, [done], refit=refit
        )
        assert more == pytest.approx(3.0 * times)


def test_programs_after_the_search_compile_as_slowly_as_those_before(
    cells, make_experiment
):
    prepared = prepared_with(43, cells, make_experiment)
    kind = prepared.candidates[0]
    data = prepared.tuning.training_data
    done = finished(kind, 1, 1)
    before = reserved(prepared, [done])
    data.fit(kind.training, seed=0).compile()
    seconds = data.program(kind.training).compile_seconds
    assert seconds > 0
    assert reserved(prepared, [done]) == pytest.approx(
        before
        + seconds
        * (_reserved_seconds._COMPILE_PREDICT + _reserved_seconds._COMPILE_SCORE)
    )


def test_on_a_slow_machine_the_test_takes_longer(prepared):
    usual = reserved(prepared)
    assert usual > 0
    assert reserved(prepared, slowness=3.0) == pytest.approx(3 * usual)


def test_more_classes_and_rows_take_longer_to_test(cells, make_experiment):
    def seconds(num_rows, num_classes):
        kinds = np.arange(num_rows) % num_classes
        frame = cells(num_rows, kind=[f"kind {kind}" for kind in kinds])
        experiment = make_experiment(frame)
        loaded = LoadedData(experiment, load(frame, target=experiment.target))
        return seconds_of_test(split(loaded))

    few, many, more_rows = seconds(600, 3), seconds(600, 100), seconds(6000, 3)
    assert few < many
    assert few < more_rows


def test_the_slowness_is_relative_to_the_reference_machine(monkeypatch):
    def slowness(seconds):
        monkeypatch.setattr(_machine_slowness, "_REFERENCE_SECONDS", seconds)
        return machine_slowness()

    assert slowness(1e-9) == 4  # the largest value
    assert slowness(1e9) == 0.5  # the smallest value
    assert 0.5 <= slowness(0.007) <= 4
