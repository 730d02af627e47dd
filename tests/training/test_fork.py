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
assay.Experiment  # imported when it is first used
"""
FORK = """
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
USES = [TRAIN, "run.predict(rows)", "assay.race('iris')"]


@pytest.fixture(scope="module")
def outputs() -> list[str]:
    """The output of each fork of one process: one fork before it trains, three after.

    Both tests share the process, because most of its time goes into imports.
    """
    parts = [PARENT, FORK.format(inside=TRAIN), RUN]
    parts += (FORK.format(inside=code) for code in USES)
    done = subprocess.run(
        [sys.executable, "-c", "\n".join(parts)],
        env=os.environ | {"PYTHONPATH": str(SOURCE)},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_the_engine_is_refused_after_a_fork(outputs: list[str]) -> None:
    refused = (
        "Assay cannot be used after a fork. This process was forked from one that had "
        "already trained or predicted. Start processes with "
        "multiprocessing.get_context('spawn')."
    )
    assert outputs[1:] == [refused] * len(USES)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")
def test_a_fork_before_the_engine_is_used_may_train(outputs: list[str]) -> None:
    assert outputs[0] == "done"


@pytest.mark.slow
def test_a_platform_that_is_absent_is_named() -> None:
    code = (
        "from assay.training import check_process\n"
        "from assay import InputError\n"
        "try:\n    check_process()\nexcept InputError as error:\n    print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(SOURCE), "JAX_PLATFORMS": "absent"},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert done.stdout.startswith("JAX found no device with JAX_PLATFORMS='absent'. ")
    assert done.stdout.endswith("or write JAX_PLATFORMS=cpu.\n")
