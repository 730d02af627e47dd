"""The GPU script installs from wheels, races on the CPU and reports missing parts."""

import importlib.util
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SCRIPT = runpy.run_path(str(ROOT / "scripts" / "gpu_check.py"))


@pytest.mark.parametrize(
    ("output", "expected"),
    [
        ("....\n47 passed in 80.12s (0:01:20)\n", "47 passed in 80.12s (0:01:20)"),
        ("=== 1 failed, 46 passed in 3.00s ===\n", "1 failed, 46 passed in 3.00s"),
        ("....", "failed: no result in time"),
    ],
)
def test_result_of_the_tests_is_the_last_line_of_pytest(output, expected):
    assert SCRIPT["last_line"](output) == expected


def test_requirements_depend_on_the_wheels(tmp_path):
    plain = SCRIPT["requirements"](tmp_path)
    assert {"pytest", "beartype"} < set(plain)
    assert any(name.startswith("optax") for name in plain)
    assert "torch" not in plain
    for name in ("torch-2.13.0-cp312", "jax_cuda13_plugin-0.10.2-cp312"):
        (tmp_path / f"{name}.whl").touch()
    added = set(SCRIPT["requirements"](tmp_path)) - set(plain)
    assert "torch" in added
    assert any(name.startswith("jax[cuda") for name in added)


def test_a_command_that_takes_too_long_is_stopped(capfd):
    command = [sys.executable, "-c", "import time; time.sleep(600)"]
    code, _ = SCRIPT["call"](command, dict(os.environ), 0.5)
    assert code != 0
    assert "Stopped after" in capfd.readouterr().out


@pytest.mark.slow
def test_dry_run_writes_a_table(tmp_path):
    out = tmp_path / "table.md"
    size = ["--tiny", "--no-tests", "--only", "dense 20"]
    command = [sys.executable, ROOT / "scripts" / "gpu_check.py", "--dry-run", *size]
    done = subprocess.run([*command, "--out", out], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "dry run on the CPU" in done.stdout
    text = out.read_text("utf-8")
    assert "nothing here was measured on a GPU" in text
    (row,) = (line for line in text.splitlines() if line.startswith("| gpu dense 20"))
    if importlib.util.find_spec("torch") is None:
        assert "PyTorch is not installed" in row
