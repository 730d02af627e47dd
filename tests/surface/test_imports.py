"""Importing the package and printing the help of a command load no heavy modules."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

HEAVY = ("flax", "jax", "optax", "optuna", "pandas", "polars", "sklearn", "torch")

# Runs a statement in a new interpreter and lists the heavy modules it imported.
PROBE = """
import sys
try:
    {statement}
except SystemExit as stop:
    if stop.code:
        raise
finally:
    print("heavy:", *[m for m in {heavy!r} if m in sys.modules], file=sys.stderr)
"""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the interpreter with this package on its path."""
    source = Path(__file__).parents[2] / "src"
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(source)},
    )


def heavy_after(statement: str) -> list[str]:
    """Return the heavy modules that a statement imports."""
    done = run("-c", PROBE.format(statement=statement, heavy=HEAVY))
    assert done.returncode == 0, done.stderr
    return done.stderr.splitlines()[-1].split()[1:]


def needs(module: str) -> None:
    """Skip the test if a module does not exist."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"there is no {module}")


def test_probe_sees_what_is_imported() -> None:
    assert heavy_after("import polars") == ["polars"]
    assert heavy_after("raise SystemExit") == []


@pytest.mark.parametrize(
    "module", ["assay", "assay.spec", "assay.records", "assay.cli"]
)
def test_import_is_light(module: str) -> None:
    needs(module)
    assert heavy_after(f"import {module}") == []


def test_help_is_light() -> None:
    needs("assay.__main__")
    ask = "sys.argv[1:] = ['--help']; import runpy; runpy.run_module('assay', {}, {!r})"
    assert heavy_after(ask.format("{}", "__main__")) == []


def test_module_and_command_are_the_same() -> None:
    needs("assay.__main__")
    done = run("-m", "assay", "--help")
    assert done.returncode == 0, done.stderr
    assert "train" in done.stdout
    assert done.stderr == ""
