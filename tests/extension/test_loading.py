"""The C++ extension is found, or the reason for not using it is reported."""

import os
import subprocess
import sys

import pytest

from assay.extension import _loading

PROGRAM = """
import jax, jax.numpy as jnp
from assay.nn import ops
x, w = jnp.ones((2, 5, 3)), jnp.ones((3, 16))
print(ops.extension_status())
print(float(ops.convolve(x, jnp.ones((2, 3, 4))).sum()))
print(float(ops.lstm(x, w, jnp.ones((4, 16)), jnp.ones(16))[0].sum()) > 30)
"""


@pytest.fixture
def fresh_status(monkeypatch):
    """Return the status function without its cache, so that tests can call it again."""
    monkeypatch.delenv("ASSAY_LIBRARY", raising=False)
    return _loading.extension_status.__wrapped__


def test_turned_off(monkeypatch, fresh_status):
    monkeypatch.setenv("ASSAY_EXTENSION", "0")
    assert fresh_status() == (False, "turned off by ASSAY_EXTENSION=0")


def test_not_built(monkeypatch, tmp_path, fresh_status):
    monkeypatch.delenv("ASSAY_EXTENSION", raising=False)
    monkeypatch.setattr(_loading, "_LIBRARY", tmp_path / "libassay.so")
    in_use, reason = fresh_status()
    assert not in_use
    assert reason.startswith("not built")


def test_broken_file(monkeypatch, tmp_path, fresh_status):
    monkeypatch.delenv("ASSAY_EXTENSION", raising=False)
    broken = tmp_path / "libassay.so"
    broken.write_text("no library")
    monkeypatch.setattr(_loading, "_LIBRARY", broken)
    in_use, reason = fresh_status()
    assert not in_use
    assert reason.startswith("could not be loaded")


@pytest.mark.slow
def test_all_works_without(tmp_path):
    environment = {**os.environ, "ASSAY_EXTENSION": "0"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [
        "(False, 'turned off by ASSAY_EXTENSION=0')",
        "192.0",
        "True",
    ]
