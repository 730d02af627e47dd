"""A process that was forked after training raises an error and does not hang."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).resolve().parents[2] / "src"
PARENT = """
import os, sys, warnings
warnings.simplefilter("ignore")  # JAX warns of the fork
import assay
{before}
if os.fork() == 0:
    try:
        {inside}
    except assay.AssayError as error:
        print(error, flush=True)
    else:
        print("done", flush=True)
    os._exit(0)
os.wait()
"""
RUN = (
    "run = assay.train('iris', trials=1, num_epochs=1, model='linear', runs=None)\n"
    "rows = assay.data.load('iris').frame"
)
TRAIN = "assay.train('wine', trials=1, num_epochs=1, model='linear', runs=None)"


def output_of(before: str, inside: str) -> str:
    """Return the output of a process that forks between two pieces of code."""
    done = subprocess.run(
        [sys.executable, "-c", PARENT.format(before=before, inside=inside)],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.strip()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
@pytest.mark.parametrize("inside", [TRAIN, "run.predict(rows)", "assay.race('iris')"])
def test_the_engine_is_refused_after_a_fork(inside: str) -> None:
    assert output_of(RUN, inside) == (
        "Assay cannot be used after a fork. This process was forked from one that had "
        "already trained or predicted. Start processes with "
        "multiprocessing.get_context('spawn')."
    )


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_a_fork_before_the_engine_is_used_may_train() -> None:
    assert output_of("assay.Experiment", TRAIN) == "done"
