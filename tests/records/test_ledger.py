"""Every opening of a test set is counted, whatever happens to the processes."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.records import Ledger, without_times

SOURCE = Path(__file__).parents[2] / "src"
ENTRY = {"fingerprint": "f", "test_hash": "t", "run": "a-1", "purpose": "final"}

RECORD = """
import sys
from assay.records import Ledger
ledger = Ledger(sys.argv[1])
for _ in range(int(sys.argv[2])):
    count = ledger.record(
        fingerprint="f", test_hash="t", run=sys.argv[3], purpose="final"
    )
    print(count, flush=True)
"""


def start(path, count, run):
    return subprocess.Popen(
        [sys.executable, "-c", RECORD, str(path), str(count), run],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        text=True,
    )


def test_openings_of_each_test_part_are_counted_across_runs(tmp_path):
    ledger = Ledger(tmp_path / "runs" / "ledger.jsonl")
    assert ledger.openings("f", "t") == 0
    assert ledger.record(**ENTRY) == 1
    assert ledger.record(**{**ENTRY, "run": "b-7"}) == 2
    assert ledger.record(**{**ENTRY, "test_hash": "other"}) == 1
    assert ledger.record(**{**ENTRY, "fingerprint": "other"}) == 1
    assert Ledger(ledger.path).openings("f", "t") == 2
    assert [entry["run"] for entry in ledger.entries()] == ["a-1", "b-7", "a-1", "a-1"]


def test_equal_openings_differ_in_their_time_only(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    before = time.time()
    for _ in range(2):
        ledger.record(**ENTRY)
    first, second = ledger.entries()
    assert before <= first["when_seconds"] <= second["when_seconds"] <= time.time()
    assert without_times(first) == without_times(second)
    assert without_times(first) == {"kind": "opening", "version": 1, **ENTRY}


def test_a_line_that_a_kill_cut_short_counts_as_not_written(tmp_path):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.record(**ENTRY)
    ledger.record(**ENTRY)
    complete = ledger.path.read_bytes()
    ledger.path.write_bytes(complete[:-9])
    assert ledger.openings("f", "t") == 1
    assert ledger.record(**ENTRY) == 2


def test_several_processes_record_at_the_same_time(tmp_path):
    path = tmp_path / "ledger.jsonl"
    processes = [start(path, 40, run) for run in "abc"]
    counts = [int(c) for p in processes for c in p.communicate()[0].split()]
    assert Ledger(path).openings("f", "t") == 120
    assert max(counts) == 120
    # a count may include openings by other processes, but never misses one
    assert all(c >= i for i, c in enumerate(sorted(counts), start=1))


@pytest.mark.parametrize("delay_seconds", [0.0, 0.01, 0.05])
def test_what_was_reported_as_recorded_survives_a_kill(tmp_path, delay_seconds):
    path = tmp_path / "ledger.jsonl"
    process = start(path, 100_000, "a")
    first = process.stdout.readline()
    time.sleep(delay_seconds)
    process.send_signal(signal.SIGKILL)
    reported = (first + process.communicate()[0]).split()
    assert Ledger(path).openings("f", "t") >= int(reported[-1])


@pytest.mark.filterwarnings("default::assay.records.DamagedLines")
@pytest.mark.parametrize(
    "line", ["{" + "[" * 100_000, '{"a":' * 200 + "1" + "}" * 200, "[1]", "\xff", "{a}"]
)
def test_a_damaged_line_stops_nobody(tmp_path, line):
    ledger = Ledger(tmp_path / "ledger.jsonl")
    ledger.record(**ENTRY)
    with ledger.path.open("ab") as file:
        file.write(line.encode("latin-1") + b"\n")
    assert ledger.record(**ENTRY) == 2
    assert ledger.path.read_bytes().count(b"\n") == 3  # nothing is lost
