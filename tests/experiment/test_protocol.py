"""The protocol splits, prepares on train, tunes on val, refits and tests once."""

import math

import numpy as np
import pytest

import assay
from assay import data, spec
from assay.data import Preparation, folds, with_val_in_train
from assay.experiment.prepare._load import load
from assay.experiment.prepare._rows import prepare_rows
from assay.experiment.prepare._split import split


@pytest.mark.parametrize("source", ["iris", "wine", "diabetes"])
def test_parts_are_70_15_15(make_experiment, source):
    loaded = load(make_experiment(source, seed=4))
    rows = split(loaded).split
    num = loaded.dataset.num_examples
    for name, share in (("train", 0.70), ("val", 0.15), ("test", 0.15)):
        assert len(rows.parts[name]) == pytest.approx(share * num, abs=1)
        assert rows.parts[name].dtype.kind == "i"
    both = np.concatenate(list(rows.parts.values()))
    np.testing.assert_array_equal(np.sort(both), np.arange(num))


def test_a_run_records_its_split(cells_run, cells):
    summary, written = cells_run.summary, cells_run.folder.read_npz("split.npz")
    rows = data.split(data.load(cells(), target="kind"), seed=7)
    assert summary["split"]["hash"] == rows.hash
    for name, part in rows.parts.items():
        np.testing.assert_array_equal(written[name], part)
        assert summary["split"][name] == len(part)
    both = len(rows.train) + len(rows.val)
    assert summary["refit"]["num_examples"] == both
    assert cells_run.test.num_examples == len(rows.test)
    assert summary["test"]["num_examples"] == len(rows.test)


def test_other_shares(make_experiment, cells):
    shares = spec.Split(train=0.5, val=0.3, test=0.2)
    rows = split(load(make_experiment(cells(), split=shares))).split
    assert {name: len(part) for name, part in rows.parts.items()} == {
        "train": 30,
        "val": 18,
        "test": 12,
    }


def scale_of(preparation, column):
    """Return the mean and standard deviation that standardize a column."""
    return next(e.scale for e in preparation.encoders if e.column == column)


def spoiled(frame, rows, part):
    """Return the table with an extreme age in the first row of a part."""
    ages = frame["age"].to_numpy().copy()
    ages[rows.parts[part][0]] = 10**9
    return frame.with_columns(age=ages)


def test_preparation_is_fitted_on_train_and_again_on_train_and_val(
    run_quickly, cells, make_experiment
):
    """An extreme value in val changes the refit's statistics; one in test does not."""
    frame = cells()
    rows = data.split(data.load(frame, target="kind"), seed=7)
    ages = frame["age"].to_numpy().astype(float)
    for part in ("val", "test"):
        frame = spoiled(frame, rows, part)
    parts = split(load(make_experiment(frame, seed=7)))
    tuning = scale_of(prepare_rows(parts).preparation, "age")
    assert tuning.mean == pytest.approx(ages[rows.train].mean())
    assert tuning.std == pytest.approx(ages[rows.train].std())
    run = run_quickly(frame, seed=7)
    refit = scale_of(run.model.preparation, "age")
    both = np.concatenate([rows.train, rows.val])
    assert refit.mean == pytest.approx(frame["age"].to_numpy()[both].mean())
    assert refit.mean > 1e7


@pytest.fixture
def fitted_on(monkeypatch):
    """The rows of every preparation that is fitted during the test."""
    fitted = []
    fit = Preparation.fit.__func__

    def noting(cls, dataset, rows):
        fitted.append(np.sort(rows))
        return fit(cls, dataset, rows)

    monkeypatch.setattr(Preparation, "fit", classmethod(noting))
    return fitted


def test_no_preparation_is_fitted_on_test_rows(run_quickly, cells, searched, fitted_on):
    run = run_quickly(cells(), **searched)
    parts = run.folder.read_npz("split.npz")
    both = np.sort(np.concatenate([parts["train"], parts["val"]]))
    np.testing.assert_array_equal(fitted_on[0], parts["train"])
    np.testing.assert_array_equal(fitted_on[-1], both)
    assert len(fitted_on) >= 1 + 5 + 1  # tuning, folds and refit
    for rows in fitted_on:
        assert not np.intersect1d(rows, parts["test"]).size


def test_each_row_of_train_and_val_is_held_out_once(cells):
    whole = data.split(data.load(cells(), target="kind"), seed=0)
    both = with_val_in_train(whole).train
    splits = list(folds(whole, seed=0))
    held_out = np.concatenate([fold.val for fold in splits])
    np.testing.assert_array_equal(np.sort(held_out), np.sort(both))
    for fold in splits:
        rows = np.sort(np.concatenate([fold.train, fold.val]))
        np.testing.assert_array_equal(rows, np.sort(both))
        np.testing.assert_array_equal(fold.test, whole.test)


def test_refit_runs_as_many_updates_as_were_best_on_val(run_quickly, searched):
    stopping = [spec.EarlyStopping(2), spec.L2(spec.Log(1e-5, 1e-1))]
    fields = searched | {"num_epochs": 30, "regularizers": stopping}
    rates = {"optimizer": spec.Adam(spec.Log(0.1, 0.6)), "batch_size": 32}
    run = run_quickly("iris", **(fields | rates))
    number = run.summary["tune"]["best_trial"]
    epochs = run.folder.read_parquet("epochs.parquet")
    iterations = run.folder.read_parquet("iterations.parquet")
    best = int(np.argmin(epochs["val_cost"][epochs["trial"] == number])) + 1
    per_epoch = math.ceil(run.summary["split"]["train"] / 32)
    refit = iterations["trial"] == -1
    assert refit.sum() == run.summary["refit"]["iterations"] == best * per_epoch
    assert best < (epochs["trial"] == number).sum()  # it trained past the best
    both = math.ceil(run.summary["refit"]["num_examples"] / 32)
    assert run.summary["refit"]["epochs"] == math.ceil(best * per_epoch / both)
    assert np.isnan(epochs["val_cost"][epochs["trial"] == -1]).all()


def test_the_refit_uses_the_selected_setting(cells_run):
    summary = cells_run.summary
    selected = summary["tune"]["values"]
    assert len(selected) > 1
    for path, value in selected.items():
        assert summary["hyperparameters"][path] == value
    trials = {t["trial"]: t for t in cells_run.folder.events("trial")}
    assert trials[summary["tune"]["best_trial"]]["hyperparameters"] == selected
    assert summary["tune"]["num_trials"] == len(trials) == 3
    assert cells_run.model.training.spaces() == {}
    iterations = cells_run.folder.read_parquet("iterations.parquet")
    rates = iterations["learning_rate"][iterations["trial"] == -1]
    assert set(rates) == {np.float32(selected["optimizer.learning_rate"])}


def test_the_val_score_is_that_of_the_best_trial(cells_run, prices_run, prices):
    for run in (cells_run, prices_run):
        tune = run.summary["tune"]
        trials = {t["trial"]: t for t in run.folder.events("trial")}
        value = trials[tune["best_trial"]]["value"]
        if run is prices_run:  # in the target's unit; tuning used train
            train = run.folder.read_npz("split.npz")["train"]
            value = math.sqrt(value) * prices()["price"].to_numpy()[train].std()
        assert tune["best_val"] == pytest.approx(value)
    assert cells_run.summary["tune"]["metric"] == "accuracy"
    assert prices_run.summary["tune"]["metric"] == "rmse"


def test_stages_come_in_order(run_quickly, cells):
    heard = []

    class Listener(assay.Observer):
        def stage(self, name, detail=""):
            heard.append((name, detail))

    run_quickly(cells(), observer=Listener())
    assert [name for name, _ in heard] == ["data", "tune", "refit", "test"]
    assert heard[1:] == [
        ("tune", "1 trial"),
        ("refit", "51 examples"),
        ("test", "9 sealed examples"),
    ]


def test_progress_counts_trials(run_quickly, cells, searched):
    heard = []

    class Listener(assay.Observer):
        def progress(self, done, total, text=""):
            heard.append((done, total))

    run_quickly(cells(), observer=Listener(), **searched)
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_kinds_of_network_share_the_trials_and_a_tie_goes_to_the_linear_one(
    run_quickly, cells
):
    # two clouds so far apart that every network separates them
    frame = cells(size=np.arange(60) + 1000.0 * (np.arange(60) >= 30))
    frame = frame.with_columns(kind=np.where(frame["size"] > 500, "b", "a"))
    fields = {"model": "auto", "tune": spec.Tune(num_trials=4), "num_epochs": 40}
    rate = {"optimizer": spec.Adam(spec.Log(0.1, 0.2))}
    run = run_quickly(frame.select("size", "kind"), **(fields | rate))
    tried = [set(event["hyperparameters"]) for event in run.folder.events("trial")]
    linear = {"optimizer.learning_rate", "regularizers[0].strength"}
    assert [values == linear for values in tried] == [True, False, False, False]
    (note,) = run.summary["tune"]["notes"]
    assert note.startswith("realmlp and linear have the same error in")
    assert "5-fold cross-validation on train + val" in note
    model = run.summary["model"]
    assert [layer["kind"] for layer in model["layers"]] == ["dense"]
    # The number of examples is compared with the selected network. For its 2
    # parameters, 60 examples are enough, but not for the larger networks.
    assert model["num_parameters"] == 2
    codes = [event["finding"]["code"] for event in run.folder.events("finding")]
    assert "examples_per_parameter" not in codes


def test_train_is_the_protocol_in_one_call(tmp_path, cells):
    frame = cells()
    fields = {"model": "linear", "num_epochs": 3, "batch_size": "all", "seed": 2}
    limits = {"trials": 1, "time_seconds": 100}
    run = assay.train(frame, target="kind", runs=tmp_path, **limits, **fields)
    dataset = data.load(frame, target="kind")
    assert run.path == tmp_path / f"{dataset.name}-1"
    assert run.summary["split"]["hash"] == data.split(dataset, seed=2).hash
    resolved = run.folder.read_json("resolved.json")
    assert resolved["experiment"]["tune"]["num_trials"] == 1
    assert resolved["experiment"]["tune"]["time_seconds"] == 100
    assert resolved["seed"] == 2
