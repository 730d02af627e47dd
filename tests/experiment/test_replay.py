"""A repeated run has the same bits, and a changed one is found."""

import json

import numpy as np
import pytest

import assay
from assay import RunError
from assay.cli import main
from assay.experiment import replay


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A quick run."""
    runs = tmp_path_factory.mktemp("replayed")
    return assay.train("iris", model="linear", trials=1, runs=runs)


def test_a_repeated_run_is_equal_bit_for_bit(run, capsys):
    ledger = (run.path.parent / "ledger.jsonl").read_text()
    assert main(["replay", str(run.path)]) == 0
    assert "All results are bit-for-bit identical." in capsys.readouterr().out
    assert (run.path.parent / "ledger.jsonl").read_text() == ledger


def test_a_changed_number_is_found(run):
    path = run.path / "run.json"
    before = path.read_text()
    summary = json.loads(before)
    summary["test"]["value"] -= 0.25
    path.write_text(json.dumps(summary))
    try:
        (difference,) = replay(run.path).differences
    finally:
        path.write_text(before)
    assert difference.where == "run.json: test: value"
    assert difference.largest == pytest.approx(0.25)


def test_a_deleted_file_is_a_difference(run):
    path = run.path / "epochs.parquet"
    content = path.read_bytes()
    path.unlink()
    try:
        (difference,) = replay(run.path).differences
    finally:
        path.write_bytes(content)
    assert (difference.where, difference.was) == ("epochs.parquet", "deleted")


def test_an_absent_array_is_a_difference(run):
    path = run.path / "split.npz"
    content = path.read_bytes()
    with np.load(path) as arrays:
        kept = {name: arrays[name] for name in arrays.files if name != "val"}
    np.savez(path, extra=kept["train"], **kept)
    try:
        extra, val = replay(run.path).differences
    finally:
        path.write_bytes(content)
    assert (extra.where, extra.was, extra.now) == (
        "split.npz: extra",
        "present",
        "absent",
    )
    assert (val.where, val.was, val.now) == ("split.npz: val", "absent", "present")


def test_a_deleted_experiment_is_named(run):
    path = run.path / "experiment.toml"
    content = path.read_bytes()
    path.unlink()
    try:
        with pytest.raises(RunError, match="the file was deleted. Restore it"):
            replay(run.path)
    finally:
        path.write_bytes(content)


def test_a_time_limit_cannot_be_repeated(run, tmp_path):
    text = (run.path / "experiment.toml").read_text()
    for name in ("run.json", "resolved.json"):
        (tmp_path / name).write_text((run.path / name).read_text())
    (tmp_path / "experiment.toml").write_text(text + "time_seconds = 5\n")
    with pytest.raises(RunError, match=r"Use --trials instead of --time"):
        replay(tmp_path)
