"""A run that is killed in any phase is resumed to the same records and model."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from scripts.kill_campaign import _processes
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


def test_the_second_kill_comes_in_the_rest_of_the_run():
    profile = Profile(100, ("trial",) * 20, 10.0)
    whole = {"operation": 100, "record": 20, "time": 10.0}
    plans = [draw(profile, seed=0, number=number) for number in range(900)]
    for first, second in (plan for plan in plans if len(plan) == 2):
        done, then = first.at / whole[first.kind], second.at / whole[second.kind]
        if second.kind == "record":
            assert done - 0.05 <= then <= 1
        else:
            assert then <= max(1 - done, 0.01) + 0.005  # whole operations


@pytest.fixture
def watched():
    """Return a function that starts a program and watches its process."""
    started = []

    def watch(program):
        started.append(subprocess.Popen([sys.executable, "-c", program]))
        return _processes._Watch(started[-1].pid)

    yield watch
    for process in started:
        process.kill()
        process.wait()


def test_a_process_that_waits_without_end_is_stuck(watched):
    waiting = watched("import time; time.sleep(600)")
    assert not waiting.is_stuck(250)
    assert waiting.is_stuck(301)


def test_a_process_that_loops_without_end_is_stuck(watched, monkeypatch):
    looping = work(watched("while True: pass"))
    assert not looping.is_stuck(2)
    monkeypatch.setattr(_processes, "_MOST_PROCESSOR_SECONDS", 0.2)
    assert looping.is_stuck(4)


def test_a_process_that_works_slowly_is_not_stuck(watched, monkeypatch):
    monkeypatch.setattr(_processes, "_LEAST_SHARE", 0.2 / 300)
    assert not work(watched("while True: pass")).is_stuck(1000)


def work(watch):
    """Wait until a process has worked for half a second."""
    while sum(watch._process.cpu_times()[:2]) < 0.5:
        time.sleep(0.1)
    return watch


KILLED_AT_ONCE = """
import sys, time
from pathlib import Path
from scripts.kill_campaign._moments import Moment
from scripts.kill_campaign._processes import call

ended = call(lambda: time.sleep(600), Path(sys.argv[1]), Moment("time", 0.0))
print((ended.code, ended.output))
"""


def test_a_process_may_be_killed_before_it_opens_its_output(tmp_path):
    (tmp_path / "output.txt").write_text("from an earlier process")
    # JAX must not have been imported when a process is forked
    words = [sys.executable, "-c", KILLED_AT_ONCE, tmp_path]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "(None, '')\n"
