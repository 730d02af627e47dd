"""The training processes started by the lab, one per run.

Each run has its own training process, so serving pages does not slow down training, and
the lab keeps running if a training process is killed. Training continues if the lab is
stopped.
"""

import json
import os
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assay._errors import InputError
from assay._urls import is_url, without_secrets
from assay.lab.runs import _folder
from assay.lab.runs._uploads import keep
from assay.records import RunFolder, to_canonical_json

__all__ = [
    "examine",
    "exit_of",
    "message_of",
    "resume",
    "start",
    "start_again",
    "start_first",
    "without_records",
]

_INTERRUPTED = 130  # exit code of a run that the user stopped


@dataclass
class _Child:
    process: subprocess.Popen[bytes]
    log: Path


_children: dict[str, _Child] = {}


def start(fields: dict[str, Any]) -> str:
    """Start a run and return its name.

    Args:
        fields: the fields of the experiment as plain values.

    Raises:
        InputError: the fields are invalid. The message lists all errors.
    """
    from assay import spec  # imported here because importing it takes half a second
    from assay.data import BUILTINS

    experiment = spec.Experiment(**fields)
    if not experiment.data:
        raise InputError("Choose data to train on, such as a file or a built-in name.")
    source = Path(without_secrets(experiment.data))
    is_path = experiment.data not in BUILTINS and not is_url(experiment.data)
    if is_path and source.exists():
        fields = fields | {"data": str(keep(source, _folder.root()).resolve())}
    return _start(source.stem or "run", fields)


def start_again(name: str, learning_rate: float) -> str:
    """Start a run with the settings of another run but a different learning rate.

    Args:
        name: name of the other run, such as one that diverged.
        learning_rate: the new base learning rate, to which the schedule of the run
            still applies.

    Raises:
        InputError: the run does not exist, or its settings cannot be read.
    """
    folder = _folder.find(name)
    if not folder.exists("experiment.toml"):
        raise InputError(
            f"The settings of {name} are missing. Start a new run instead."
        )
    try:
        fields = tomllib.loads(folder.path_of("experiment.toml").read_text("utf-8"))
    except ValueError:
        raise InputError(f"The settings of {name} cannot be read.") from None
    optimizer = fields.get("optimizer")
    changed = {**(optimizer if isinstance(optimizer, dict) else {"kind": "adam"})}
    return start({**fields, "optimizer": changed | {"learning_rate": learning_rate}})


def start_first() -> str:
    """Start a run on handwritten digits and return its name."""
    return _start("digits", {"data": "digits"})


def _start(name: str, fields: dict[str, Any]) -> str:
    folder = RunFolder.create_next(_folder.root(), name)
    experiment_file = _scratch() / f"{folder.name}.json"
    experiment_file.write_text(to_canonical_json(fields, indent=2), "utf-8")
    _launch(folder, [str(experiment_file), "--out", str(folder.path)])
    return folder.name


def resume(folder: RunFolder) -> None:
    """Resume a stopped run."""
    _launch(folder, ["--resume", "--out", str(folder.path)])


def examine(name: str, *, fix: bool) -> dict[str, Any]:
    """Run the doctor on a run in a separate process and return its findings.

    Args:
        name: name of the run.
        fix: whether to try remedies.

    Raises:
        InputError: the run does not exist, or its data have changed.
    """
    folder = _folder.find(name)
    words = ["doctor", str(folder.path), "--json", *(["--fix"] if fix else [])]
    done = subprocess.run(
        [sys.executable, "-m", "assay", *words],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise InputError(_said(done.stderr) or "The examination failed.")
    return json.loads(done.stdout)


def _launch(folder: RunFolder, words: list[str]) -> None:
    log = _scratch() / f"{folder.name}.log"
    with open(log, "wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "assay", "train", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=file,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            start_new_session=True,  # Ctrl-C must not stop the run
        )
    _children[folder.name] = _Child(process, log)


def exit_of(name: str) -> str | None:
    """Return the state of a run's process, or None if this lab did not start the run.

    The state is "running", "finished", "stopped", "failed" or "killed".
    """
    child = _children.get(name)
    if child is None:
        return None
    code = child.process.poll()
    if code is None:
        return "running"
    if code == 0:
        return "finished"
    if code == _INTERRUPTED:
        return "stopped"
    return "killed" if code < 0 else "failed"


def message_of(name: str) -> str | None:
    """Return the error message of a failed run, or None if the run has not failed."""
    child = _children.get(name)
    if child is None or child.process.poll() in (None, 0):
        return None
    return _said(child.log.read_text("utf-8", errors="replace"))


def _said(text: str) -> str | None:
    """Return the messages that a command has printed to standard error."""
    lines = [line for line in text.splitlines() if line.startswith("assay: ")]
    said = [line.removeprefix("assay: ") for line in lines]
    return "\n".join(said) or None


def without_records() -> list[RunFolder]:
    """Return the folders of started or failed runs that have no records yet."""
    folders = [RunFolder(_folder.root() / name) for name in _children]
    return [f for f in folders if f.path.is_dir() and not f.is_run]


def _scratch() -> Path:
    """Return this process's temporary folder for logs and experiment files."""
    global _folder_of_logs
    if _folder_of_logs is None:
        _folder_of_logs = Path(tempfile.mkdtemp(prefix="assay-lab-"))
    return _folder_of_logs


_folder_of_logs: Path | None = None
