"""The ledger is always written to disk before the test rows are released."""

import json
import os
import time

import pytest

from assay._errors import InputError, RunError
from assay.records import Ledger, Seal, without_times
from assay.records import _ledger as module

ENTRY = {"fingerprint": "f", "test_hash": "t", "run": "a-1", "purpose": "final"}


def test_rows_are_provided_after_the_opening_is_on_the_disk(tmp_path, monkeypatch):
    steps = []
    real = os.fsync

    def fsync(descriptor):
        steps.append("disk")
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    path = tmp_path / "ledger.jsonl"

    def provide():
        steps.append("rows")
        entry = json.loads(path.read_text())
        assert without_times(entry) == {"kind": "opening", "version": 1, **ENTRY}
        return "rows"

    seal = Seal(provide, Ledger(path), fingerprint="f", test_hash="t")
    assert seal.openings == 0
    assert steps == []
    assert seal.open(run="a-1", purpose="final") == "rows"
    assert steps[0] == "disk"
    assert steps[-1] == "rows"
    assert seal.openings == 1


def test_copies_of_the_ledger_are_written_too(tmp_path):
    shared, own = Ledger(tmp_path / "ledger.jsonl"), Ledger(tmp_path / "a" / "l.jsonl")
    shared.record(**ENTRY)
    seal = Seal(list, shared, fingerprint="f", test_hash="t", own=own)
    seal.open(run="a-2", purpose="final")
    assert (seal.openings, own.openings("f", "t")) == (2, 1)
    assert own.entries() == shared.entries()[1:]


def test_a_run_opens_its_test_part_once(tmp_path):
    """Wherever the run is killed, resuming it counts its opening exactly once."""
    shared, own = Ledger(tmp_path / "ledger.jsonl"), Ledger(tmp_path / "a" / "l.jsonl")

    def open_again(own=own, run="a-1"):
        seal = Seal(list, shared, fingerprint="f", test_hash="t", own=own)
        assert seal.open(run=run, purpose="final") == []
        return seal.openings

    assert [open_again(), open_again()] == [1, 1]
    shared.path.unlink()  # killed after writing its own ledger
    assert [open_again(), len(own.entries())] == [1, 1]
    # another run, and a run that reused the name of a deleted run
    assert open_again(Ledger(tmp_path / "b" / "l.jsonl"), run="b-1") == 2
    assert open_again(Ledger(tmp_path / "c" / "l.jsonl")) == 3


def test_openings_count_although_the_clock_stands_still(tmp_path, monkeypatch):
    """Runs of the same name in two folders open the same part at the same time."""
    monkeypatch.setattr(time, "time", lambda: 1.7e9)
    shared = Ledger(tmp_path / "ledger.jsonl")
    part = {"fingerprint": "f", "test_hash": "t"}
    for folder in ("a", "b", "b"):  # the second one is resumed
        own = Ledger(tmp_path / folder / "ledger.jsonl")
        Seal(lambda: [7], shared, own=own, **part).open(run="iris-1", purpose="final")
    assert shared.openings("f", "t") == 2


def never():
    raise AssertionError("the test rows were provided")


def test_without_a_record_there_are_no_rows(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    blocked = Ledger(tmp_path / "file" / "ledger.jsonl")
    seal = Seal(never, blocked, fingerprint="f", test_hash="t")
    with pytest.raises(
        RunError, match="could not be recorded in .*: .* The test set stays sealed"
    ):
        seal.open(run="a", purpose="final")

    forgetful = Ledger(tmp_path / "ledger.jsonl")
    monkeypatch.setattr(module, "append_lines", lambda *_, **__: None)
    seal = Seal(never, forgetful, fingerprint="f", test_hash="t")
    with pytest.raises(RunError, match="does not retain the written data"):
        seal.open(run="a", purpose="final")


def test_without_a_purpose_there_are_no_rows(tmp_path):
    seal = Seal(never, Ledger(tmp_path / "l"), fingerprint="f", test_hash="t")
    with pytest.raises(InputError) as error:
        seal.open(run="", purpose=" ")
    assert len(error.value.faults) == 2
    assert not (tmp_path / "l").exists()


def test_the_seal_does_not_expose_the_rows():
    seal = Seal(never, Ledger("absent"), fingerprint="f", test_hash="t")
    assert "provide" not in [name for name in dir(seal) if not name.startswith("_")]
    assert seal.openings == 0
