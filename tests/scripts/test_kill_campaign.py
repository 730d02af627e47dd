"""A run that is killed in any phase is resumed to the same records and model."""

import os
import random
import subprocess
import sys
from pathlib import Path

import pytest
from scripts.kill_campaign._moments import Profile, draw

ROOT = Path(__file__).parents[2]
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks processes")


def campaign(folder, *words):
    """Run a short campaign; return the last line that it prints."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    words = ["--phases", "--folder", str(folder), *words]
    done = subprocess.run(
        [sys.executable, "-m", "scripts.kill_campaign", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.slow
@forks
def test_a_run_killed_twice(tmp_path):
    last = campaign(tmp_path, "--moments", "1")
    assert last.startswith("1 runs: 0 ended before their moment, 0 killed once, 1 ")


@pytest.mark.faults
@pytest.mark.slow
@forks
def test_a_kill_in_each_phase(tmp_path):
    last = campaign(tmp_path)
    assert last.startswith("3 runs: 0 ended before their moment, 2 killed once, 1 ")


def test_a_third_of_the_runs_is_killed_twice():
    profile = Profile(50, ("stage_started data", "trial 0"), 3.0)
    plans = [draw(profile, seed=0, number=number) for number in range(300)]
    assert plans == [draw(profile, seed=0, number=number) for number in range(300)]
    assert 80 < sum(len(moments) == 2 for moments in plans) < 120
    assert {moments[0].kind for moments in plans} == {"operation", "record", "time"}
    state = random.getstate()
    draw(profile, seed=0, number=0)
    assert random.getstate() == state
