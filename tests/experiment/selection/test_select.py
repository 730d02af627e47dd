"""Selection takes the kind of network with the lowest error."""

import re
from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from assay import data, spec
from assay.experiment._events import Events, Recorder
from assay.experiment.prepare._load import LoadedData
from assay.experiment.prepare._prepare import PreparedData
from assay.experiment.prepare._rows import prepare_rows
from assay.experiment.prepare._split import split
from assay.experiment.selection import (
    _compare_networks,
    _cross_validate,
    _reserved_seconds,
)
from assay.experiment.selection._select import select
from assay.training import Checkpoints
from assay.tuning import Candidate, search

MODELS = {"linear": (), "mlp": (spec.Dense(8), spec.Tanh())}


def prepared_data(frame, experiment, models=MODELS, rate=0.1):
    """Prepare a table for a comparison of networks with these layers."""
    changes = {"cost": spec.BinaryCrossEntropy(), "regularizers": ()}
    resolved = experiment.model_copy(update=changes)
    loaded = LoadedData(resolved, data.load(frame, target=experiment.target))
    parts = split(loaded)
    base = resolved.training()
    candidates = [
        Candidate(
            name,
            base.model_copy(update={"model": layers, "optimizer": spec.Adam(rate)}),
            1,
        )
        for name, layers in models.items()
    ]
    return PreparedData(parts, prepare_rows(parts), tuple(candidates))


def selected(frame, experiment, models=MODELS, rate=0.1):
    """Return the selection among networks with these layers."""
    prepared = prepared_data(frame, experiment, models, rate)
    return select(prepared, Events(Recorder()))


@pytest.fixture(scope="module")
def rings(cells):
    """Draw cells that are malignant if their size is near its mean."""
    rng = np.random.default_rng(0)
    size = rng.uniform(-1, 1, 120)
    kinds = np.where(np.abs(size) < 0.5, "malign", "benign")
    return cells(120, size=size, kind=kinds).select("size", "kind")


def test_the_network_with_the_lower_error_is_selected(rings, make_experiment):
    selection = selected(rings, make_experiment(rings, num_epochs=150))
    assert selection.training.model == MODELS["mlp"]
    assert [trial.number for trial in selection.trials] == [0, 1]
    assert selection.best.number == 1
    (note,) = selection.notes
    errors = re.fullmatch(
        "mlp is selected because its error in 5-fold cross-validation on train [+] val "
        "is ([0-9.]+), compared with ([0-9.]+) for linear [(]difference ([0-9.]+), "
        "standard error [0-9.]+[)]",
        note,
    )
    rich, simple, difference = map(float, errors.groups())
    assert rich < simple
    assert difference == pytest.approx(simple - rich, rel=0.05)


def test_a_tie_goes_to_the_simpler_network(cells, make_experiment):
    kinds = cells(120)["kind"].to_numpy()
    far = 1000.0 * (kinds == "malign")  # separable by any network
    frame = cells(120, size=far + np.arange(120)).select("size", "kind")
    selection = selected(frame, make_experiment(frame, num_epochs=40))
    assert selection.training.model == ()
    assert selection.best.number == 0
    (note,) = selection.notes
    assert note.startswith("mlp and linear have the same error in 5-fold cross-")
    assert note.endswith("so the simpler linear is selected")


@pytest.mark.parametrize(
    ("members", "fewer", "kind"),
    [(8, 5, "mlp"), (1, 5, "linear"), (8, 25, "linear")],
)
def test_an_averaged_kind_loses_only_to_one_that_is_clearly_better(
    rings, make_experiment, monkeypatch, members, fewer, kind
):
    """Linear has `fewer` wrong rows than mlp, which is wrong in 40 of 100 rows."""

    def errors(trainings, job):
        wrong = 40 if job[0].kind == "mlp" else 40 - fewer
        rows = np.arange(100) < wrong
        return np.roll(rows, 0 if job[0].kind == "mlp" else 20).astype(float)

    monkeypatch.setattr(_cross_validate.Trainings, "_errors", errors)
    prepared = prepared_data(rings, make_experiment(rings, num_epochs=2))
    candidates = [replace(each, members=members) for each in prepared.candidates]
    selection = select(
        replace(prepared, candidates=tuple(candidates)), Events(Recorder())
    )
    assert selection.training.model == MODELS[kind]
    (note,) = selection.notes
    reason = "linear is not clearly better: the error of a single mlp network "
    start = "its error " if kind == "linear" else reason
    assert note.startswith(f"{kind} is selected because {start}in 5-fold ")
    averaged = "averaging several networks usually reduces it"
    assert note.endswith(averaged) == (kind == "mlp")


def test_val_decides_where_no_time_is_left_for_folds(
    rings, make_experiment, monkeypatch
):
    monkeypatch.setattr(_reserved_seconds, "NUM_FOLDS", 10**9)
    limited = spec.Tune(time_seconds=300)
    selection = selected(rings, make_experiment(rings, num_epochs=2, tune=limited))
    assert [trial.number for trial in selection.trials] == [0, 1]  # one of each kind
    reason, comparison = selection.notes
    expected = (
        "too little time for cross-validation; the best setting on val was selected"
    )
    assert reason == expected
    assert " error on val" in comparison


def test_a_network_that_is_not_compiled_in_time_is_not_tried(rings, make_experiment):
    limited = spec.Tune(time_seconds=0.01)
    experiment = make_experiment(rings, num_epochs=2, tune=limited)
    events = Events(Recorder())
    selection = select(prepared_data(rings, experiment), events)
    assert [trial.number for trial in selection.trials] == [0]
    assert selection.training.model == MODELS["linear"]
    short, untried = events.log().findings
    assert short.code == "time_limit_too_short"
    assert short.message.startswith("The time limit of 0.01 seconds is too short: ")
    assert short.numbers["needed_seconds"] > 0.1
    assert untried.code == "not_compiled_in_time"
    assert "network mlp was not tried" in untried.message


def test_time_that_is_left_is_used_to_cross_validate_more_settings(
    rings, make_experiment
):
    spaces = {"optimizer": spec.Adam(spec.Log(1e-4, 0.1))}
    limited = spec.Tune(time_seconds=300)
    prepared = prepared_data(rings, make_experiment(rings, num_epochs=2, tune=limited))
    searched = [
        replace(
            candidate,
            training=candidate.training.model_copy(update=spaces),
            num_trials=5,
        )
        for candidate in prepared.candidates
    ]
    prepared = replace(prepared, candidates=tuple(searched))
    notes = select(prepared, Events(Recorder())).notes
    kind = "linear" if "linear is selected" in notes[0] else "mlp"
    assert notes[1] == f"the comparison also included 3 more of the {kind} settings"


def test_folds_and_refit_compile_nothing_of_their_own(
    rings, make_experiment, run_quickly
):
    """The folds run in the program that was compiled for tuning."""
    space = spec.Adam(spec.Log(0.01, 0.1))
    fields = {"model": [spec.Dense(5), spec.Tanh()], "optimizer": space}
    run = run_quickly(rings, tune=spec.Tune(num_trials=2), **fields)
    assert run.summary["tune"]["num_trials"] == 2
    prepared = prepared_data(rings, make_experiment(rings, **fields))
    program = prepared.tuning.training_data.program(run.model.training)
    assert program.num_traces == 1


def test_many_val_rows_decide_on_their_own(rings, make_experiment, monkeypatch):
    monkeypatch.setattr(_cross_validate, "ENOUGH_VAL", 10)
    selection = selected(rings, make_experiment(rings, num_epochs=2))
    (note,) = selection.notes
    assert " error on val" in note


def test_the_best_trial_need_not_be_trained_again(rings, make_experiment):
    experiment = make_experiment(rings, num_epochs=4)
    prepared = prepared_data(rings, experiment)
    done = search(
        prepared.candidates[1],
        training_data=prepared.tuning.training_data,
        tune=spec.Tune(),
        seed=experiment.seed,
    )
    assert done.fitted is not None
    (known,) = _compare_networks._finalists(done, 1)
    (forgotten,) = _compare_networks._finalists(replace(done, fitted=None), 1)
    trainings = _cross_validate.Trainings(
        [prepared.tuning],
        prepared.tuning.preparation,
        experiment.seed,
        Checkpoints(),
        on_tuning=True,
    )
    (_, errors), (_, again) = (trainings.best_of([f]) for f in (known, forgotten))
    np.testing.assert_array_equal(errors, again)


def test_a_single_setting_needs_no_comparison(cells, make_experiment, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("there is nothing to compare")

    monkeypatch.setattr(_cross_validate.Trainings, "_errors", refuse)
    frame = cells()
    selection = selected(frame, make_experiment(frame), {"linear": ()})
    assert selection.notes == ()
    assert selection.best.number == 0


def test_a_network_that_diverged_on_a_fold_is_not_selected(
    rings, make_experiment, monkeypatch
):
    """A network with non-finite errors loses, whichever network it is."""
    errors = _cross_validate.Trainings._errors

    def diverging(trainings, job):
        values = errors(trainings, job)
        return values * np.nan if job[0].kind == "mlp" else values

    monkeypatch.setattr(_cross_validate.Trainings, "_errors", diverging)
    selection = selected(rings, make_experiment(rings, num_epochs=2))
    assert selection.training.model == ()
    assert selection.notes == ("mlp diverged, so linear is selected",)


def test_errors_of_uneven_classes_are_balanced(cells, make_experiment):
    frame = cells(100)
    order = np.argsort(frame["age"].to_numpy())
    kinds = np.full(100, "benign", dtype="<U6")
    kinds[order[-20:]] = "malign"
    frame = frame.with_columns(kind=kinds)
    experiment = make_experiment(frame, num_epochs=4)
    prepared = prepared_data(frame, experiment, {"linear": ()}, rate=0.3)
    assert prepared.data.metric == "balanced_accuracy"
    training_data = prepared.tuning.training_data
    assert training_data.balanced
    (candidate,) = prepared.candidates
    fit = training_data.fit(candidate.training, seed=0).run()
    rights = fit.program.scores(
        fit.last().model, fit.hyperparameters, training_data.val
    )
    truth = prepared.data.dataset.target[prepared.data.split.val]
    predicted = np.where(rights > 0, truth, 1 - truth)
    trial = select(prepared, Events(Recorder())).best
    finalist = _cross_validate.Finalist(candidate, trial, candidate.training)
    tuning = prepared.tuning
    trainings = _cross_validate.Trainings(
        [tuning], tuning.preparation, 0, Checkpoints()
    )
    error = trainings._errors((finalist, 0)).mean()
    assert 0 < rights.mean() < 1
    expected = 1 - balanced_accuracy_score(truth, predicted)
    assert error == pytest.approx(expected, rel=1e-3)
    assert error != pytest.approx(1 - rights.mean(), rel=1e-3)
