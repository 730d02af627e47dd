"""A training gives the same result on one device, on several, and on two hosts."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from assay._errors import InputError
from assay.training import Workers, num_devices

SOURCE = Path(__file__).parents[2] / "src"
SCRIPT = Path(__file__).with_name("train_on_devices.py")
TOLERANCE = 1e-5  # relative; sums over rows are rounded in another order
SECONDS = 200


def begin(num_devices, *words):
    """Start the script in a process that has a number of virtual devices."""
    flags = os.environ["XLA_FLAGS"]
    flags += f" --xla_force_host_platform_device_count={num_devices}"
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), *words],
        env=os.environ | {"XLA_FLAGS": flags, "PYTHONPATH": str(SOURCE)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def end(process):
    """Return the curves that the script has printed."""
    out, error = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, error
    # Gloo prints its connections too
    (line,) = [line for line in out.splitlines() if line.startswith("{")]
    return json.loads(line)


@pytest.fixture(scope="module")
def on_devices():
    """Return the curves of all trainings in a process with 8 devices."""
    names = ("everything", "images", "sequences")
    words = [f"{name}={devices}" for name in names for devices in (1, 8)]
    return end(begin(8, *words, "everything=3", "everything=8-2", "sequences=8x2"))


def assert_close(found, expected):
    """Fail unless all curves and parameters agree within the tolerance."""
    assert list(found) == list(expected)
    for name, values in expected.items():
        scale = np.nanmax(np.abs(values), initial=0)
        np.testing.assert_allclose(
            found[name], values, rtol=TOLERANCE, atol=TOLERANCE * scale, err_msg=name
        )


@pytest.mark.slow
@pytest.mark.parametrize("name", ["everything", "images", "sequences"])
def test_eight_devices_give_the_curves_of_one(on_devices, name):
    assert_close(on_devices[f"{name}=8"], on_devices[f"{name}=1"])


@pytest.mark.slow
def test_rows_may_be_split_unevenly(on_devices):
    """A batch of 32 rows is split over 3 devices, and one of 29 over 8 in another."""
    assert_close(on_devices["everything=3"], on_devices["everything=1"])


@pytest.mark.slow
def test_the_training_stops_early(on_devices):
    assert len(on_devices["everything=8"]["val_cost"]) < 20


@pytest.mark.slow
def test_a_checkpoint_moves_from_eight_devices_to_two(on_devices):
    assert_close(on_devices["everything=8-2"], on_devices["everything=1"])


@pytest.mark.slow
def test_stacked_trainings_are_split_too(on_devices):
    assert_close(on_devices["sequences=8x2"], on_devices["sequences=1"])


@pytest.mark.slow
def test_two_hosts_give_the_curves_of_one(on_devices):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    words = ("everything=all", "sequences=2")
    hosts = [begin(2, port, index, *words) for index in "01"]
    first, second = map(end, hosts)
    assert first == second
    assert_close(first["everything=all"], on_devices["everything=1"])
    assert_close(first["sequences=2"], on_devices["sequences=1"])


def test_all_devices_are_used_by_default():
    assert num_devices("all") == num_devices(1) == 1
    assert Workers("all").count == os.cpu_count()


def test_too_many_devices_are_refused():
    with pytest.raises(InputError) as caught:
        num_devices(2)
    assert str(caught.value) == (
        "`devices <= 1` must hold, but got devices=2. Use devices = 1 or devices = "
        '"all".'
    )
