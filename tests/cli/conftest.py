"""Fixtures that run commands in this process, each in a new folder."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from assay.cli import main


class Done(NamedTuple):
    """The exit code and the output of a command."""

    code: int
    out: str
    err: str

    @property
    def faults(self) -> list[str]:
        """The lines that the command wrote to standard error."""
        lines = self.err.splitlines()
        return [line.removeprefix("assay: ") for line in lines if line[:6] == "assay:"]


Command = Callable[..., Done]


@pytest.fixture
def command(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Command:
    """Return a function that runs `assay` in an empty folder with given arguments."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str) -> Done:
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Done(code, *capsys.readouterr())

    return run


def trained(source: str, folder: Path, *options: str) -> Path:
    """Train as quickly as possible, and return the run folder."""
    words = [
        "train",
        source,
        *options,
        "--trials",
        "1",
        "--num-epochs",
        "5",
        "--seed",
        "1",
    ]
    assert main([*words, "--model", "linear", "--out", str(folder)]) == 0
    return folder


@pytest.fixture(scope="session")
def iris(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished run with three classes."""
    return trained("iris", tmp_path_factory.mktemp("runs") / "iris-1")


@pytest.fixture(scope="session")
def diabetes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a finished regression run."""
    return trained("diabetes", tmp_path_factory.mktemp("runs") / "diabetes-1")


@pytest.fixture(scope="session")
def cities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a run on one categorical and one numeric column."""
    folder = tmp_path_factory.mktemp("cities")
    rows = [f"{('Bern', 'Basel')[i % 2]},{i * 7 % 40},{'ab'[i % 2]}" for i in range(60)]
    (folder / "train.csv").write_text("\n".join(["city,size,y", *rows]))
    return trained(str(folder / "train.csv"), folder / "run", "--target", "y")
