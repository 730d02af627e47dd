"""The seal: opened once a run, counted across runs, and nothing looks under it."""

import json

import numpy as np
import polars as pl
import pytest
from safetensors.numpy import load as read_safetensors

import assay
from assay import data, spec
from assay.evaluate import Seal
from assay.records import RunFolder, without_times

MODEL = "model/parameters.safetensors"


def trials_of(run):
    """Return every trial as the record has it, times aside."""
    return [without_times(event) for event in run.folder.events("trial")]


def learned(run):
    """Return the bytes of each learned array by its name."""
    arrays = read_safetensors(run.folder.read_bytes(MODEL))
    return {name: (array.shape, array.tobytes()) for name, array in arrays.items()}


@pytest.fixture
def openings(monkeypatch):
    """Note the purpose of each opening."""
    noted = []
    opened = Seal.open

    def noting(self, *, run, purpose):
        noted.append((run, purpose))
        return opened(self, run=run, purpose=purpose)

    monkeypatch.setattr(Seal, "open", noting)
    return noted


def test_opened_once_a_run_and_counted_across_runs(quickly, cells, tmp_path, openings):
    first, second = quickly(cells(), seed=7), quickly(cells(), seed=7, batch_size=16)
    assert openings == [
        (first.folder.name, "final evaluation"),
        (second.folder.name, "final evaluation"),
    ]
    assert [run.test.openings for run in (first, second)] == [1, 2]
    assert second.summary["test"]["openings"] == 2
    lines = (tmp_path / "runs" / "ledger.jsonl").read_text().splitlines()
    entries = [json.loads(line) for line in lines]
    assert [entry["run"] for entry in entries] == [
        r.folder.name for r in (first, second)
    ]
    for run, entry in zip((first, second), entries, strict=True):
        assert entry["fingerprint"] == run.summary["data"]["fingerprint"]
        own = run.folder.read_text("ledger.jsonl").splitlines()
        assert [json.loads(line)["run"] for line in own] == [run.folder.name]


def test_other_test_rows_are_counted_apart(quickly, cells):
    assert [quickly(cells(), seed=seed).test.openings for seed in (0, 1, 0)] == [
        1,
        1,
        2,
    ]


def test_model_is_final_before_the_seal_is_opened(quickly, cells, tmp_path):
    found = {}

    class Looking(assay.Observer):
        def stage(self, name, detail=""):
            if name == "test":
                folder = RunFolder(tmp_path / "here")
                found["model"] = folder.read_bytes(MODEL)
                found["opened"] = folder.exists("ledger.jsonl")

    run = quickly(cells(), out=tmp_path / "here", observer=Looking())
    assert not found["opened"]
    assert run.folder.read_bytes(MODEL) == found["model"]
    assert run.folder.exists("ledger.jsonl")


def poisoned(frame, run, seed):
    """Shuffle the targets of the test rows among themselves and spoil the numbers."""
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
def test_nothing_reads_the_test_rows_before(
    quickly, request, searched, table, tmp_path
):
    """Other test rows: the same trials, choice and parameters to the bit."""
    frame = request.getfixturevalue(table)()
    # a stratified split would look at every target
    asked = searched | {"split": spec.Split(by="random")}
    first = quickly(frame, **asked)
    spoiled = poisoned(frame, first, seed=1)
    assert not spoiled[frame.columns[-1]].equals(frame[frame.columns[-1]])
    second = quickly(spoiled, **asked)
    assert second.summary["split"]["hash"] == first.summary["split"]["hash"]
    assert trials_of(second) == trials_of(first)
    assert second.summary["tune"] == first.summary["tune"]
    assert second.summary["hyperparameters"] == first.summary["hyperparameters"]
    assert learned(second) == learned(first)
    assert second.summary["test"]["value"] != first.summary["test"]["value"]
    for name in ("iterations.parquet", "epochs.parquet"):
        assert second.folder.read_bytes(name) == first.folder.read_bytes(name)


def test_train_rows_are_read(quickly, cells, searched):
    """The test above can fail: other train targets give other parameters."""
    frame = cells()
    first = quickly(frame)
    train = first.folder.read_npz("split.npz")["train"]
    kinds = frame["kind"].to_numpy().copy()
    pair = next((a, b) for a in train for b in train if kinds[a] != kinds[b])
    kinds[list(pair)] = kinds[list(pair[::-1])]
    assert learned(quickly(frame.with_columns(kind=kinds))) != learned(first)


def test_what_is_told_of_the_test_part_is_measured_on_it(cells_run, cells):
    frame = cells()
    dataset = data.load(frame, target="kind")
    test = cells_run.folder.read_npz("split.npz")["test"]
    predicted = cells_run.predict(frame) > 0.5
    right = (predicted == dataset.target)[test]
    assert cells_run.test.value == pytest.approx(right.mean())
    assert cells_run.test.metric == "accuracy"
    low, high = cells_run.test.interval
    assert 0 <= low <= cells_run.test.value <= high <= 1
    majority = next(
        b for b in cells_run.summary["baselines"] if b["name"] == "majority"
    )
    both = np.setdiff1d(np.arange(len(frame)), test)
    top = np.bincount(dataset.target[both]).argmax()
    assert majority["value"] == pytest.approx((dataset.target[test] == top).mean())
