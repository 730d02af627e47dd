"""Time limits count from the start of the process."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from assay.cli import _process_start
from assay.cli._process_start import process_started

SOURCE = Path(__file__).resolve().parents[2] / "src"
CODE = f"""
import sys, time
time.sleep(0.3)
sys.path.insert(0, {str(SOURCE)!r})
from assay.cli._process_start import process_started
print(process_started())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_start_precedes_the_first_line_of_code():
    before = time.monotonic()
    done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True)
    tick = 0.02  # the system counts in hundredths of a second
    assert before - tick <= float(done.stdout) <= time.monotonic() - 0.3


def test_an_unknown_start_is_now(monkeypatch):
    monkeypatch.setattr(_process_start, "_START_FIELD", 10**6)
    before = time.monotonic()
    assert before <= process_started() <= time.monotonic()
