"""Live records are read from a cursor, and condensed for the first message."""

import json

import pytest

from assay.lab.runs import _live
from assay.lab.runs._live import condense, read_all, read_from
from assay.records import EVENTS, RunFolder
from assay.records import _live as records_live

FIT = {"kind": "fit", "fit": "refit", "iteration": 0, "iterations_per_epoch": 10}


def points(start, stop):
    numbers = list(range(start, stop))
    return {
        "kind": "iterations",
        "fit": "refit",
        "iteration": numbers,
        "cost": [1 / number for number in numbers],
        "learning_rate": [0.1] * len(numbers),
    }


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path)


def write(folder, text):
    with open(folder.path_of("live.jsonl"), "a") as file:
        file.write(text)


def test_only_complete_lines_are_read_and_each_once(folder):
    assert read_from(folder, 0) == ([], 0)
    write(folder, '{"kind":"a"}\n{"kind":"b"}\n{"kind"')
    lines, cursor = read_from(folder, 0)
    assert [line["kind"] for line in lines] == ["a", "b"]
    assert read_from(folder, cursor) == ([], cursor)
    write(folder, ':"c"}\nnot json\n{"kind":"d"}\n')
    lines, cursor = read_from(folder, cursor)
    assert [line["kind"] for line in lines] == ["c", "d"]
    assert cursor == folder.path_of("live.jsonl").stat().st_size


def test_a_cursor_beyond_the_end_starts_again(folder):
    write(folder, '{"kind":"a"}\n')
    assert read_from(folder, 500)[0] == [{"kind": "a"}]


def test_events_stand_in_for_live_records(folder):
    folder.append(EVENTS["stage_started"](stage="tune"))
    lines, cursor = read_from(folder, 0)
    assert lines[0]["stage"] == "tune"
    assert cursor > 0


def test_a_log_of_hours_is_read_in_part_but_to_its_end(folder, monkeypatch):
    monkeypatch.setattr(records_live, "_MOST_BYTES", 20_000)
    monkeypatch.setattr(_live, "_LARGE_BYTES", 20_000)
    monkeypatch.setattr(_live, "_MOST_READ", 50_000)
    lines = [FIT, *(points(start, start + 8) for start in range(1, 16_001, 8))]
    lines.insert(900, {"kind": "trial", "trial": 0})
    text = [json.dumps(line, separators=(",", ":")) + "\n" for line in lines]
    write(folder, "".join(text))
    found, cursor = read_all(folder)
    assert cursor == folder.path_of("live.jsonl").stat().st_size
    assert [line["kind"] for line in found] == ["fit", "iterations", "trial"]
    numbers = found[1]["iteration"]
    assert numbers[-1] == 16_000 and numbers == sorted(numbers)
    assert 700 < len(numbers) < 1600


def test_condensing_keeps_other_lines_and_their_order():
    lines = [FIT, points(1, 4), {"kind": "trial", "trial": 0}, points(4, 6)]
    condensed = condense(lines)
    assert [line["kind"] for line in condensed] == ["fit", "iterations", "trial"]
    assert condensed[1]["iteration"] == [1, 2, 3, 4, 5]
    assert condensed[1]["gradient_norm"] == [None] * 5


def test_condensing_drops_the_points_that_a_resumed_fit_repeats():
    again = FIT | {"iteration": 25}
    condensed = condense([FIT, points(1, 40), again, points(26, 30)])
    iterations = next(line for line in condensed if line["kind"] == "iterations")
    assert iterations["iteration"] == list(range(1, 30))


def test_condensing_keeps_the_extremes_of_a_long_curve():
    line = points(1, 100_000)
    line["cost"][54_321], line["cost"][60_000] = 7.0, None
    [condensed] = condense([line])
    assert len(condensed["iteration"]) <= 1502
    assert len(json.dumps(condensed)) < 100_000
    assert 7.0 in condensed["cost"]
    assert condensed["iteration"][-1] == 99_999
    assert condensed["iteration"] == sorted(condensed["iteration"])


def test_condensing_twice_is_condensing_once():
    lines = [FIT, points(1, 9000), {"kind": "note", "message": "m"}]
    once = condense(lines)
    assert condense(once) == once
