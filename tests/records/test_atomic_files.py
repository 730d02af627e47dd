"""File writes survive kills and concurrent writers."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assay.records import _atomic_files as atomic_files
from assay.records import append_lines, read_lines, write_atomically

SOURCE = Path(__file__).parents[2] / "src"

REPLACE = """
import sys
from pathlib import Path
from assay.records import write_atomically
path = Path(sys.argv[1])
number = 0
while True:
    number += 1
    write_atomically(path, (b"%08d\\n" % number) * 50_000)
    print(number, flush=True)
"""
APPEND = """
import json, sys
from pathlib import Path
from assay.records import append_lines
path, who, count = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
number = 0
while number != count:
    line = json.dumps({"who": who, "number": number, "text": "x" * 200})
    append_lines(path, [line], sync=False)
    number += 1
    if count < 0:
        print(number, flush=True)
"""


def start(code: str, *arguments: object) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        text=True,
    )


def kill_in_the_middle(process: subprocess.Popen, delay_seconds: float) -> int:
    """Kill a writing process; return the last number that it reported as written."""
    assert process.stdout is not None
    process.stdout.readline()
    time.sleep(delay_seconds)
    process.send_signal(signal.SIGKILL)
    reported = process.communicate()[0].split()
    return int(reported[-1]) if reported else 1


@pytest.mark.parametrize("delay_seconds", [0.0, 0.003, 0.02, 0.07])
def test_kill_leaves_the_old_or_the_new_file(tmp_path, delay_seconds):
    path = tmp_path / "file"
    last = kill_in_the_middle(start(REPLACE, path), delay_seconds)
    lines = path.read_bytes().split()
    assert len(lines) == 50_000
    assert len(set(lines)) == 1
    # A number is reported after its file is replaced, so the file may be one ahead.
    assert int(lines[0]) in (last, last + 1)


@pytest.mark.parametrize("stop", ["write", "fsync", "replace"])
def test_a_failure_at_any_step_leaves_the_old_file(tmp_path, monkeypatch, stop):
    path = tmp_path / "file"
    write_atomically(path, b"old")

    def fail(*_):
        raise KeyboardInterrupt

    if stop == "write":
        with pytest.raises(TypeError):
            write_atomically(path, "not bytes")  # pyright: ignore
    else:
        monkeypatch.setattr(os, stop, fail)
        with pytest.raises(KeyboardInterrupt):
            write_atomically(path, b"new")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


def test_leftovers_of_a_killed_process_do_no_harm(tmp_path, monkeypatch):
    path = tmp_path / "file"
    monkeypatch.setattr(atomic_files, "_count", iter(range(10)))
    leftover = tmp_path / f".file.{os.getpid()}-0.tmp"
    leftover.write_bytes(b"half")
    write_atomically(path, b"complete")
    assert path.read_bytes() == b"complete"
    atomic_files.remove_leftovers(tmp_path)
    assert os.listdir(tmp_path) == ["file"]


def test_killed_appends_leave_complete_lines(tmp_path):
    path = tmp_path / "lines"
    last = kill_in_the_middle(start(APPEND, path, "a", -1), 0.02)
    numbers = [record["number"] for record in read_lines(path)]
    assert numbers == list(range(len(numbers)))
    assert len(numbers) >= last


def test_several_processes_never_mix_their_lines(tmp_path):
    path = tmp_path / "lines"
    processes = [start(APPEND, path, who, 300) for who in "abcd"]
    for process in processes:
        process.communicate()
        assert process.returncode == 0
    records = read_lines(path)
    lines = [line for line in path.read_text().splitlines() if line]
    assert len(records) == len(lines) == 1200
    for who in "abcd":
        mine = [r["number"] for r in records if r["who"] == who]
        assert mine == list(range(300))


@given(st.data())
def test_a_line_cut_short_anywhere_loses_that_line_only(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("cut") / "lines"
    records = [{"number": i, "text": "é\n\u2028"} for i in range(3)]
    append_lines(path, [json.dumps(r, ensure_ascii=False) for r in records], sync=True)
    complete = path.read_bytes()
    last = complete.rindex(b"{")
    cut = data.draw(st.integers(last + 1, len(complete) - 2))
    path.write_bytes(complete[:cut])
    assert read_lines(path) == records[:2]
    append_lines(path, [json.dumps(records[2])], sync=True)
    assert read_lines(path) == records


def test_a_short_write_is_an_error(tmp_path, monkeypatch):
    class Full:
        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def seek(self, *_):
            return 0

        def write(self, data):
            return len(data) - 1

    monkeypatch.setattr("builtins.open", lambda *_, **__: Full())
    with pytest.raises(OSError, match="No space left on device: .*lines"):
        append_lines(tmp_path / "lines", ["{}"], sync=True)


def test_an_absent_file_has_no_lines(tmp_path):
    assert read_lines(tmp_path / "absent") == []


def test_no_lines_make_no_file(tmp_path):
    append_lines(tmp_path / "lines", [], sync=True)
    assert not (tmp_path / "lines").exists()
