"""The protocol: split, prepare on train, tune on val, refit on both, test once."""

import math

import numpy as np
import pytest

import assay
from assay import data, spec
from assay.data import Preparation
from assay.experiment.prepare._prepare import fold_splits, prepare, refit_split


@pytest.mark.parametrize("source", ["iris", "wine", "diabetes"])
def test_parts_are_70_15_15(quickly, source):
    run = quickly(source, seed=4)
    dataset = data.load(source)
    parts = data.split(dataset, seed=4)
    num = dataset.num_examples
    split, refit = run.summary["split"], run.summary["refit"]
    held = run.folder.read_npz("split.npz")
    for name, share in (("train", 0.70), ("val", 0.15), ("test", 0.15)):
        assert split[name] == len(held[name]) == pytest.approx(share * num, abs=1)
        np.testing.assert_array_equal(held[name], parts.parts[name])
    assert split["hash"] == parts.hash
    assert sum(map(len, held.values())) == num
    assert refit["num_examples"] == split["train"] + split["val"]
    assert run.test.num_examples == run.summary["test"]["num_examples"] == split["test"]


def test_other_shares(quickly, cells):
    run = quickly(cells(), split=spec.Split(train=0.5, val=0.3, test=0.2))
    split = run.summary["split"]
    assert [split[name] for name in ("train", "val", "test")] == [30, 18, 12]


def scale_of(preparation, column):
    """Return the numbers that a column is standardized with."""
    return next(e.scale for e in preparation.encoders if e.column == column)


def spoiled(frame, split, part):
    """Put a huge value into a row of a part."""
    ages = frame["age"].to_numpy().copy()
    ages[split.parts[part][0]] = 10**9
    return frame.with_columns(age=ages)


def test_preparation_is_fitted_on_train_then_anew_on_train_and_val(quickly, cells, ask):
    """A huge value in val moves the refit's statistics, in test nobody's."""
    frame = cells()
    split = data.split(data.load(frame, target="kind"), seed=7)
    ages = frame["age"].to_numpy().astype(float)
    for part in ("val", "test"):
        frame = spoiled(frame, split, part)
    asked = ask(frame, seed=7)
    dataset = data.load(frame, target="kind")
    tuning = scale_of(prepare(dataset, split, asked).preparation, "age")
    assert tuning.mean == pytest.approx(ages[split.train].mean())
    assert tuning.std == pytest.approx(ages[split.train].std())
    run = quickly(frame, seed=7)
    refit = scale_of(run.model.preparation, "age")
    both = np.concatenate([split.train, split.val])
    assert refit.mean == pytest.approx(frame["age"].to_numpy()[both].mean())
    assert refit.mean > 1e7


@pytest.fixture
def fitted_on(monkeypatch):
    """Note the rows of every preparation that is fitted."""
    noted = []
    fit = Preparation.fit.__func__

    def noting(cls, dataset, rows):
        noted.append(np.sort(rows))
        return fit(cls, dataset, rows)

    monkeypatch.setattr(Preparation, "fit", classmethod(noting))
    return noted


def test_no_preparation_is_fitted_on_test_rows(quickly, cells, searched, fitted_on):
    run = quickly(cells(), **searched)
    split = run.folder.read_npz("split.npz")
    both = np.sort(np.concatenate([split["train"], split["val"]]))
    np.testing.assert_array_equal(fitted_on[0], split["train"])
    np.testing.assert_array_equal(fitted_on[-1], both)
    assert len(fitted_on) >= 1 + 5 + 1  # tuning, folds, refit
    for rows in fitted_on:
        assert not np.intersect1d(rows, split["test"]).size


def test_folds_hold_each_row_of_train_and_val_out_once(cells):
    split = data.split(data.load(cells(), target="kind"), seed=0)
    both = refit_split(split).train
    folds = list(fold_splits(split, seed=0, num_folds=5))
    held = np.concatenate([fold.val for fold in folds])
    np.testing.assert_array_equal(np.sort(held), np.sort(both))
    for fold in folds:
        rows = np.sort(np.concatenate([fold.train, fold.val]))
        np.testing.assert_array_equal(rows, np.sort(both))
        np.testing.assert_array_equal(fold.test, split.test)


def test_refit_runs_the_updates_that_val_found_best(quickly, searched):
    stopping = [spec.EarlyStopping(2), spec.L2(spec.Log(1e-5, 1e-1))]
    asked = searched | {"num_epochs": 30, "regularizers": stopping}
    rates = {"optimizer": spec.Adam(spec.Log(0.1, 0.6)), "batch_size": 32}
    run = quickly("iris", **(asked | rates))
    number = run.summary["tune"]["best_trial"]
    epochs = run.folder.read_parquet("epochs.parquet")
    iterations = run.folder.read_parquet("iterations.parquet")
    best = int(np.argmin(epochs["val_cost"][epochs["trial"] == number])) + 1
    per_epoch = math.ceil(run.summary["split"]["train"] / 32)
    refit = iterations["trial"] == -1
    assert refit.sum() == run.summary["refit"]["iterations"] == best * per_epoch
    assert best < (epochs["trial"] == number).sum()  # it went on beyond the best
    both = math.ceil(run.summary["refit"]["num_examples"] / 32)
    assert run.summary["refit"]["epochs"] == math.ceil(best * per_epoch / both)
    assert np.isnan(epochs["val_cost"][epochs["trial"] == -1]).all()


def test_what_was_chosen_is_what_was_refitted(cells_run):
    summary = cells_run.summary
    chosen = summary["tune"]["values"]
    assert len(chosen) > 1
    for path, value in chosen.items():
        assert summary["hyperparameters"][path] == value
    trials = {t["trial"]: t for t in cells_run.folder.events("trial")}
    assert trials[summary["tune"]["best_trial"]]["hyperparameters"] == chosen
    assert summary["tune"]["num_trials"] == len(trials) == 3
    assert cells_run.model.training.spaces() == {}
    iterations = cells_run.folder.read_parquet("iterations.parquet")
    rates = iterations["learning_rate"][iterations["trial"] == -1]
    assert set(rates) == {np.float32(chosen["optimizer.learning_rate"])}


def test_the_score_on_val_is_that_of_the_best(cells_run, prices_run, prices):
    for run in (cells_run, prices_run):
        tune = run.summary["tune"]
        trials = {t["trial"]: t for t in run.folder.events("trial")}
        value = trials[tune["best_trial"]]["value"]
        if run is prices_run:  # in the target's own unit, which tuning saw train of
            train = run.folder.read_npz("split.npz")["train"]
            value = math.sqrt(value) * prices()["price"].to_numpy()[train].std()
        assert tune["best_val"] == pytest.approx(value)
    assert cells_run.summary["tune"]["metric"] == "accuracy"
    assert prices_run.summary["tune"]["metric"] == "rmse"


def test_stages_come_in_order(quickly, cells):
    told = []

    class Listening(assay.Observer):
        def stage(self, name, detail=""):
            told.append((name, detail))

    quickly(cells(), observer=Listening())
    assert [name for name, _ in told] == ["data", "tune", "refit", "test"]
    assert told[1:] == [
        ("tune", "1 trials"),
        ("refit", "51 examples"),
        ("test", "9 sealed examples"),
    ]


def test_progress_counts_trials(quickly, cells, searched):
    told = []

    class Listening(assay.Observer):
        def progress(self, done, total, text=""):
            told.append((done, total))

    quickly(cells(), observer=Listening(), **searched)
    assert told == [(1, 3), (2, 3), (3, 3)]


def test_kinds_of_net_share_the_trials_and_a_tie_is_the_linear_ones(quickly, cells):
    # two clouds so far apart that every net tells them
    frame = cells(size=np.arange(60) + 1000.0 * (np.arange(60) >= 30))
    frame = frame.with_columns(kind=np.where(frame["size"] > 500, "b", "a"))
    asked = {"model": "auto", "tune": spec.Tune(num_trials=4), "num_epochs": 40}
    rate = {"optimizer": spec.Adam(spec.Log(0.1, 0.2))}
    run = quickly(frame.select("size", "kind"), **(asked | rate))
    tried = [set(event["hyperparameters"]) for event in run.folder.events("trial")]
    linear = {"optimizer.learning_rate", "regularizers[0].strength"}
    assert [values == linear for values in tried] == [True, False, False, False]
    (note,) = run.summary["tune"]["notes"]
    assert "mlp does not beat linear" in note
    assert "5-fold cross-validation on train + val" in note
    model = run.summary["model"]
    assert [layer["kind"] for layer in model["layers"]] == ["dense"]
    # The number of examples is compared with the network that was chosen: 60 are
    # enough for these 2 parameters, but not for those of the larger networks.
    assert model["num_parameters"] == 2
    codes = [event["finding"]["code"] for event in run.folder.events("finding")]
    assert "examples_per_parameter" not in codes


def test_train_is_the_same_in_one_call(tmp_path, cells):
    frame = cells()
    run = assay.train(
        frame,
        target="kind",
        trials=1,
        time_seconds=100,
        runs=tmp_path,
        model="linear",
        num_epochs=3,
        seed=2,
    )
    assert run.path == tmp_path / "data-1" or run.path.parent == tmp_path
    assert (
        run.summary["split"]["hash"]
        == data.split(data.load(frame, target="kind"), seed=2).hash
    )
    resolved = run.folder.read_json("resolved.json")
    assert resolved["experiment"]["tune"]["num_trials"] == 1
    assert resolved["experiment"]["tune"]["time_seconds"] == 100
    assert resolved["seed"] == 2
