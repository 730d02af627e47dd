"""Every example runs without errors."""

import importlib.util
import runpy
import sys
from pathlib import Path

import pytest

from assay.cli import main

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted(
    path for path in (ROOT / "examples").glob("[!_]*.*") if path.is_file()
)
TABLES = {"mnist1d": "mnist1d", "ucr": "aeon"}  # and the package with its data


def test_there_are_examples():
    assert {path.suffix for path in EXAMPLES} == {".py", ".toml"}
    packages = {path.parent.name for path in (ROOT / "examples").glob("*/__main__.py")}
    assert packages == set(TABLES)


@pytest.mark.slow
@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_example_runs(path, tmp_path, monkeypatch, capsys):
    """Run it in this process, which has already imported JAX; warnings are errors."""
    monkeypatch.chdir(tmp_path)
    if path.suffix == ".py":
        runpy.run_path(str(path), run_name="__main__")
    else:
        words = ["train", str(path), "--trials", "3", "--num-epochs", "5"]
        assert main(words) == 0
    # a network that is trained manually has no test set
    last = "the same bit for bit: True" if path.name == "by_hand.py" else "TEST"
    printed = capsys.readouterr()
    assert last in printed.out
    assert "Traceback" not in printed.err


@pytest.mark.slow
@pytest.mark.parametrize("name", TABLES)
def test_table_is_printed(name, tmp_path, monkeypatch, capsys):
    if importlib.util.find_spec(TABLES[name]) is None:
        pytest.skip(f"{TABLES[name]} is not installed")
    monkeypatch.chdir(tmp_path)
    if name == "mnist1d":  # generating all 5,000 of its series takes 5 seconds
        package = importlib.import_module("mnist1d.data")
        arguments = package.get_dataset_args()
        arguments.num_samples = 500
        monkeypatch.setattr(package, "get_dataset_args", lambda: arguments)
    monkeypatch.setattr(sys, "argv", [f"examples.{name}", "--tiny"])
    runpy.run_module(f"examples.{name}", run_name="__main__")
    head, row, *more = capsys.readouterr().out.splitlines()
    assert "ours" in head and "95% interval" in head
    assert row.startswith({"mnist1d": "logistic", "ucr": "GunPoint"}[name])
    assert "±" in row and not more
    assert not list(tmp_path.iterdir())  # its runs are in a temporary folder
