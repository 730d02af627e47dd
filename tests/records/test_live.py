"""The live log can be read line by line while another thread writes it."""

import json

import pytest

from assay.records import LiveLog, RunFolder, read_live


@pytest.fixture
def folder(tmp_path):
    return RunFolder(tmp_path)


def test_without_a_log_there_is_nothing_to_read(folder):
    assert read_live(folder) == ([], 0)
    assert read_live(folder.path, 12) == ([], 0)


def test_each_call_returns_the_records_since_the_last_one(folder):
    log = LiveLog(folder)
    log.add("fit", fit="refit")
    assert read_live(folder) == ([], 0)  # still in memory
    log.flush()
    records, cursor = read_live(folder)
    assert [record["kind"] for record in records] == ["fit"]
    assert read_live(folder, cursor) == ([], cursor)
    log.add("iterations", fit="refit", cost=[0.123456789, float("nan")], iteration=[7])
    log.flush()
    records, _ = read_live(folder, cursor)
    assert records[0].pop("seconds") >= 0
    assert records == [
        {
            "kind": "iterations",
            "fit": "refit",
            "cost": [0.123457, None],
            "iteration": [7],
        }
    ]


@pytest.mark.parametrize("cut", range(1, 12))
def test_a_half_written_line_is_returned_once_it_is_complete(folder, cut):
    first, second = b'{"kind":"a"}\n', b'{"kind":"b"}\n'
    path = folder.path_of("live.jsonl")
    path.write_bytes(first + second[:cut])
    records, cursor = read_live(folder)
    assert records == [{"kind": "a"}]
    path.write_bytes(first + second)
    assert read_live(folder, cursor) == ([{"kind": "b"}], len(first + second))


def test_damaged_lines_are_skipped(folder):
    folder.path_of("live.jsonl").write_bytes(
        b'{"kind":"a"}\n\xff{\n[1]\n{"kind":"b"}\n'
    )
    records, _ = read_live(folder)
    assert records == [{"kind": "a"}, {"kind": "b"}]


def test_a_cursor_beyond_the_end_starts_again(folder):
    folder.path_of("live.jsonl").write_bytes(b'{"kind":"a"}\n')
    assert read_live(folder, 500)[0] == [{"kind": "a"}]


def test_a_long_log_is_read_in_parts(folder):
    line = json.dumps({"kind": "a", "text": "x" * 1_000_000})
    folder.path_of("live.jsonl").write_text(f"{line}\n" * 9)
    counts, cursor = [], 0
    while True:
        records, cursor = read_live(folder, cursor)
        if not records:
            break
        counts.append(len(records))
    assert sum(counts) == 9
    assert len(counts) > 1


def test_a_line_longer_than_a_part_is_read_too(folder):
    line = json.dumps({"kind": "a", "text": "x" * 5_000_000})
    folder.path_of("live.jsonl").write_text(f"{line}\n")
    assert len(read_live(folder)[0]) == 1
