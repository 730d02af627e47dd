"""Damaged inputs are refused with Assay's own errors, and the fuzzer finds faults."""

import ast
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from scripts.fuzz.kinds import KINDS
from scripts.fuzz.kinds._files import FILES
from scripts.fuzz.kinds._specs import SEEDS

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))),
}
LIGHT = "csv json_lines parquet arrow npz npy ts image toml spec".split()

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks processes")


def fuzz(folder, *words):
    """Run the command; return its exit code and what it prints."""
    command = [sys.executable, "-m", "scripts.fuzz", "--folder", str(folder), *words]
    done = subprocess.run(
        command, cwd=ROOT, env=ENVIRONMENT, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("name", [kind.name for kind in FILES])
def test_what_is_changed_can_be_read(tmp_path, name):
    kind = KINDS[name](tmp_path)
    for content in kind.seeds():
        kind.read(content)


@pytest.mark.parametrize("fields", SEEDS)
def test_specs_that_are_changed_are_valid(tmp_path, fields):
    KINDS["spec"](tmp_path).read(fields)


@pytest.mark.slow
def test_no_file_and_no_spec_causes_an_unexpected_error(tmp_path):
    code, words = fuzz(tmp_path, "--inputs", "600", "--seed", "1", "--only", *LIGHT)
    assert code == 0, words
    assert words.splitlines()[-1].endswith("0 different faults")


@pytest.mark.slow
@pytest.mark.parametrize("inputs", [24, pytest.param(120, marks=pytest.mark.faults)])
def test_no_run_and_no_request_causes_an_unexpected_error(tmp_path, inputs):
    rest = [name for name in KINDS if name not in LIGHT]
    options = ("--inputs", str(inputs), "--seed", "1", "--only")
    code, words = fuzz(tmp_path, *options, *rest)
    assert code == 0, words


PLANTED = """
import os, sys, time
from pathlib import Path
from scripts.fuzz import _supervise
from scripts.fuzz.kinds import KINDS, Kind

class Planted(Kind):
    name = "planted"

    def draw(self, source):
        return source.randrange(30)

    def read(self, drawn):
        if drawn == 3:
            raise KeyError("a bug")
        if drawn == 5:
            os.abort()
        if drawn == 8:
            while True:
                pass
        if drawn == int(sys.argv[2]):
            time.sleep(1000)

KINDS["planted"] = Planted
_supervise._INPUT_SECONDS = 0.5
_supervise._WAITING_SECONDS = 5
folder = Path(sys.argv[1]) / "planted"
result = _supervise.run("planted", folder, seed=0, numbers=range(100), seconds=60)
print(result.inputs, result.faults)
"""


def test_errors_ends_and_hangs_are_found(tmp_path):
    drawn = [random.Random(f"0/planted/{n}").randrange(30) for n in range(100)]
    once = next(value for value in drawn if drawn.count(value) == 1)
    done = subprocess.run(
        [sys.executable, "-c", PLANTED, str(tmp_path), str(once)],
        env=ENVIRONMENT,
        capture_output=True,
        text=True,
        check=True,
    )
    count, _, words = done.stdout.partition(" ")
    assert int(count) == 100
    error, end, hang, wait = map(drawn.index, (3, 5, 8, once))
    faults = ast.literal_eval(words)
    assert sorted(faults) == sorted([error, end, hang, wait])
    assert faults[error].startswith("KeyError at ")
    assert faults[end] == "died: exit code -6"
    assert faults[hang] == "hang: more than 0.5 s of processor time"
    assert faults[wait] == "wait: more than 5 s"
    for number in (hang, wait):
        stacks = tmp_path / "planted" / f"stacks-{number}.txt"
        assert "in read" in stacks.read_text()
    kept = {path.name for path in (tmp_path / "planted").glob("fault-*")}
    assert kept == {f"fault-{n}" for n, value in enumerate(drawn) if value == 3}
    assert (tmp_path / "planted" / f"fault-{error}").read_bytes() == b"3"
