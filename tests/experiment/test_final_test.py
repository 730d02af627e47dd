"""The seal is opened once per run and counted across runs; nothing reads under it."""

import json

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import load as read_safetensors

import assay
from assay import data, spec
from assay.experiment import _final_test
from assay.records import RunFolder, Seal, without_times

MODEL = "model/parameters.safetensors"


def trials_of(run):
    """Return every trial as recorded, without times."""
    return [without_times(event) for event in run.folder.events("trial")]


def learned(run):
    """Return the bytes of each learned array, by name."""
    arrays = read_safetensors(run.folder.read_bytes(MODEL))
    return {name: (array.shape, array.tobytes()) for name, array in arrays.items()}


@pytest.fixture
def openings(monkeypatch):
    """The run and the purpose of each opening during the test."""
    openings = []
    open_seal = Seal.open

    def noting(self, *, run, purpose):
        openings.append((run, purpose))
        return open_seal(self, run=run, purpose=purpose)

    monkeypatch.setattr(Seal, "open", noting)
    return openings


def test_opened_once_per_run_and_counted_across_runs(
    run_quickly, cells, tmp_path, openings
):
    runs = [run_quickly(cells(), seed=seed) for seed in (7, 8, 7)]
    names = [run.folder.name for run in runs]
    assert openings == [(name, "final evaluation") for name in names]
    # the test rows of another seed are counted separately
    assert [run.test.openings for run in runs] == [1, 1, 2]
    assert runs[2].summary["test"]["openings"] == 2
    lines = (tmp_path / "runs" / "ledger.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["run"] for entry in entries] == names
    for run, entry in zip(runs, entries, strict=True):
        assert entry["fingerprint"] == run.summary["data"]["fingerprint"]
        copy = run.folder.read_text("ledger.jsonl").splitlines()
        assert [json.loads(line)["run"] for line in copy] == [run.folder.name]


def test_with_many_training_rows_only_some_are_evaluated(
    run_quickly, cells, monkeypatch
):
    every = run_quickly(cells())
    monkeypatch.setattr(_final_test, "FITTED_ROWS", 30)
    some = run_quickly(cells())
    assert learned(some) == learned(every)
    assert some.test.value == every.test.value
    num_train = every.summary["refit"]["num_examples"]
    assert f"(train: 30 of {num_train} rows)" in some.summary["verdict_reason"]
    assert "(train:" not in every.summary["verdict_reason"]


def test_model_is_final_before_the_seal_is_opened(run_quickly, cells, tmp_path):
    before = {}

    class Looking(assay.Observer):
        def stage(self, name, detail=""):
            if name == "test":
                folder = RunFolder(tmp_path / "here")
                before["model"] = folder.read_bytes(MODEL)
                before["opened"] = folder.exists("ledger.jsonl")

    run = run_quickly(cells(), out=tmp_path / "here", observer=Looking())
    assert not before["opened"]
    assert run.folder.read_bytes(MODEL) == before["model"]
    assert run.folder.exists("ledger.jsonl")


def poisoned(frame, run, seed):
    """Shuffle the targets of the test rows and change their inputs."""
    test = run.folder.read_npz("split.npz")["test"]
    target = frame.columns[-1]
    values = frame[target].to_numpy().copy()
    order = np.random.default_rng(seed).permutation(len(test))
    values[test] = values[test][order] * (1 if values.dtype == object else -50)
    columns = [pl.Series(target, values, dtype=frame[target].dtype)]
    for name in ("age", "rooms"):
        if name in frame.columns:
            numbers = frame[name].to_numpy().copy()
            numbers[test] += 1000
            columns.append(pl.Series(name, numbers))
    return frame.with_columns(columns)


@pytest.mark.parametrize("table", ["cells", "prices"])
def test_nothing_reads_the_test_rows_before_the_end(
    run_quickly, request, searched, table
):
    """Changing the test rows does not affect trials, selection or parameters."""
    frame = request.getfixturevalue(table)()
    # a stratified split would read every target
    fields = searched | {"split": spec.Split(by="random")}
    first = run_quickly(frame, **fields)
    spoiled = poisoned(frame, first, seed=1)
    assert not spoiled[frame.columns[-1]].equals(frame[frame.columns[-1]])
    second = run_quickly(spoiled, **fields)
    assert second.summary["split"]["hash"] == first.summary["split"]["hash"]
    assert trials_of(second) == trials_of(first)
    assert second.summary["tune"] == first.summary["tune"]
    assert second.summary["hyperparameters"] == first.summary["hyperparameters"]
    assert learned(second) == learned(first)
    assert second.summary["test"]["value"] != first.summary["test"]["value"]
    for name in ("iterations.parquet", "epochs.parquet"):
        assert second.folder.read_bytes(name) == first.folder.read_bytes(name)


def test_train_rows_are_read(run_quickly, cells):
    """The test above can fail, because changed train targets change the parameters."""
    frame = cells()
    first = run_quickly(frame)
    train = first.folder.read_npz("split.npz")["train"]
    kinds = frame["kind"].to_numpy().copy()
    pair = next((a, b) for a in train for b in train if kinds[a] != kinds[b])
    kinds[list(pair)] = kinds[list(pair[::-1])]
    assert learned(run_quickly(frame.with_columns(kind=kinds))) != learned(first)


def test_the_test_result_is_measured_on_the_test_rows(cells_run, cells):
    frame = cells()
    dataset = data.load(frame, target="kind")
    test = cells_run.folder.read_npz("split.npz")["test"]
    predicted = cells_run.predict(frame) > 0.5
    correct = (predicted == dataset.target)[test]
    assert cells_run.test.value == pytest.approx(correct.mean())
    assert cells_run.test.metric == "accuracy"
    low, high = cells_run.test.interval
    assert 0 <= low <= cells_run.test.value <= high <= 1
    majority = next(
        b for b in cells_run.summary["baselines"] if b["name"] == "majority"
    )
    both = np.setdiff1d(np.arange(len(frame)), test)
    top = np.bincount(dataset.target[both]).argmax()
    assert majority["value"] == pytest.approx((dataset.target[test] == top).mean())
