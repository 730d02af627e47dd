"""Which kind of net is taken: the simplest that none clearly beats."""

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from assay import data, spec
from assay.experiment.prepare._prepare import prepare
from assay.experiment.selection import _selection as _choosing
from assay.experiment.selection._selection import SelectionData, choose
from assay.tuning import Candidate


def ground_of(frame, asked):
    """Return the ground that kinds of net are compared on."""
    dataset = data.load(frame, target=asked.target)
    split = data.split(dataset, seed=asked.seed)
    resolved = asked.model_copy(
        update={"cost": spec.BinaryCrossEntropy(), "regularizers": ()}
    )
    return SelectionData(dataset, split, prepare(dataset, split, resolved), resolved)


def chosen(frame, asked, models, rate=0.1):
    """Return what is chosen among nets of given layers."""
    ground = ground_of(frame, asked)
    base = ground.resolved.training()
    nets = [
        Candidate(
            name,
            base.model_copy(update={"model": layers, "optimizer": spec.Adam(rate)}),
            1,
        )
        for name, layers in models.items()
    ]
    return choose(nets, ground, storage=None, on_trial=lambda trial: None)


MODELS = {"linear": (), "mlp": (spec.Dense(8), spec.Tanh())}


@pytest.fixture(scope="module")
def rings(cells):
    """Cells that are malign where the size is near its mean: no line tells them."""
    rng = np.random.default_rng(0)
    size = rng.uniform(-1, 1, 120)
    kinds = np.where(np.abs(size) < 0.5, "malign", "benign")
    return cells(120, size=size, kind=kinds).select("size", "kind")


def test_a_net_that_is_clearly_better_is_taken(rings, ask):
    asked = ask(rings, num_epochs=150)
    found = chosen(rings, asked, MODELS)
    assert found.training.model == MODELS["mlp"]
    assert [trial.number for trial in found.trials] == [0, 1]
    assert found.best.number == 1
    (note,) = found.notes
    assert note.startswith("mlp beats linear by more than one standard error in 5-fold")
    assert note.endswith("mlp is taken")


def test_a_tie_goes_to_the_simpler(cells, ask):
    far = 1000.0 * (cells()["kind"].to_numpy() == "malign")  # every net tells them
    frame = cells(size=far + np.arange(60)).select("size", "kind")
    found = chosen(frame, ask(frame, num_epochs=40), MODELS)
    assert found.training.model == ()
    assert found.best.number == 0
    (note,) = found.notes
    assert note.startswith("mlp does not beat linear by more than one standard error")
    assert note.endswith("the simpler linear is taken")


def test_val_decides_where_no_time_is_left_for_folds(rings, ask):
    asked = ask(rings, num_epochs=2, tune=spec.Tune(time_seconds=0.01))
    found = chosen(rings, asked, MODELS)
    assert [trial.number for trial in found.trials] == [0, 1]  # one of each kind
    told, compared = found.notes
    assert told == "the time was too short for folds: the best on val is taken"
    assert "by more than one standard error on val (error" in compared


def test_folds_and_refit_compile_nothing_of_their_own(rings, ask, quickly):
    """They run in the program that tuning compiled."""
    space = spec.Adam(spec.Log(0.01, 0.1))
    asked = {"model": [spec.Dense(5), spec.Tanh()], "optimizer": space}
    run = quickly(rings, tune=spec.Tune(num_trials=2), **asked)
    assert run.summary["tune"]["num_trials"] == 2
    experiment = ask(rings, **asked)
    training_data = ground_of(rings, experiment).tuning.training_data
    program = training_data.program(run.model.training)
    assert program.num_traces == 1


def test_many_val_rows_decide_themselves(rings, ask, monkeypatch):
    monkeypatch.setattr(_choosing, "ENOUGH_VAL", 10)
    found = chosen(rings, ask(rings, num_epochs=150), MODELS)
    assert " on val (error " in found.notes[0]


def test_a_single_setting_needs_no_comparison(cells, ask, monkeypatch):
    def refuse(*arguments):
        raise AssertionError("there is nothing to compare")

    monkeypatch.setattr(_choosing, "_errors", refuse)
    frame = cells()
    found = chosen(frame, ask(frame), {"linear": ()})
    assert found.notes == ()
    assert found.best.number == 0


def test_a_net_that_diverged_on_a_fold_is_not_taken(rings, ask, monkeypatch):
    """Errors that are no numbers lose, whichever of the nets they are of."""
    errors = _choosing._errors

    def breaking(finalist, prepared, seed):
        found = errors(finalist, prepared, seed)
        return found * np.nan if finalist.kind == "mlp" else found

    monkeypatch.setattr(_choosing, "_errors", breaking)
    found = chosen(rings, ask(rings, num_epochs=2), MODELS)
    assert found.training.model == ()


def test_errors_of_uneven_classes_are_balanced(cells, ask):
    frame = cells(100)
    order = np.argsort(frame["age"].to_numpy())
    kinds = np.full(100, "benign", dtype="<U6")
    kinds[order[-20:]] = "malign"
    frame = frame.with_columns(kind=kinds)
    ground = ground_of(frame, ask(frame, num_epochs=4))
    training_data = ground.tuning.training_data
    assert training_data.balanced
    training = ground.resolved.training().model_copy(
        update={"model": (), "optimizer": spec.Adam(0.3)}
    )
    fit = training_data.fit(training, seed=0).run()
    rights = fit.program.scores(fit.last(), fit.hyper, training_data.val)
    truth = ground.dataset.target[ground.split.val]
    predicted = np.where(rights > 0, truth, 1 - truth)
    trial = chosen(frame, ask(frame, num_epochs=4), {"linear": ()}, rate=0.3).best
    finalist = _choosing.Finalist("linear", trial, training)
    found = _choosing._errors(finalist, ground.tuning, 0).mean()
    assert 0 < rights.mean() < 1
    expected = 1 - balanced_accuracy_score(truth, predicted)
    assert found == pytest.approx(expected, rel=1e-3)
    assert found != pytest.approx(1 - rights.mean(), rel=1e-3)
