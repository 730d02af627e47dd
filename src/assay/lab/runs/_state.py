"""Determines whether a run is running, paused, stopped, failed or finished."""

import platform
import shlex
from collections.abc import Iterator
from typing import Any

from assay.lab.runs import _processes
from assay.records import LIVE, RunFolder, parse_json

__all__ = ["is_running", "state_of"]

_TAIL_BYTES = 200_000
_WORDS = (b'"process', b'"paused"', b'"control"', b'"error"')


def state_of(folder: RunFolder) -> dict[str, Any]:
    """Return the state of a run and, if necessary, a message for the user.

    States: "finished", "running", "paused", "stopped" (it can be resumed), "failed".
    """
    if folder.exists("run.json"):
        return {"state": "finished"}
    child = _processes.exit_of(folder.name)
    last = _last_lines(folder)
    # If the run was started in a notebook, its process outlives the training.
    trains = not last.get("process_finished") and _is_alive(last.get("process"))
    alive = child == "running" or (child is None and trains)
    if alive:
        return {"state": "paused" if last.get("is_paused") else "running"}
    message = _processes.message_of(folder.name)
    finished = last.get("process_finished") or {}
    if message is None and finished.get("reason") == "failed":
        message = _error_of(last) or "Training failed without an error message."
    if message and child != "stopped":
        return {"state": "failed", "message": message}
    command = f"assay train --resume --out {shlex.quote(str(folder.path))}"
    if child == "killed" or (last.get("process") and not last.get("process_finished")):
        why = "The training process of this run ended without a result."
    else:
        why = "This run was stopped before it finished."
    return {"state": "stopped", "message": f"{why} To resume it, run: {command}"}


def is_running(folder: RunFolder) -> bool:
    """Return whether the run has a live training process, even if it is paused."""
    return state_of(folder)["state"] in ("running", "paused")


def _last_lines(folder: RunFolder) -> dict[str, Any]:
    """Return the latest information about the training process, by kind."""
    found: dict[str, Any] = {}
    for line in _lines_on_process(folder):
        kind = line.get("kind")
        if kind in ("process", "process_finished"):
            found[kind] = line
        finding = line.get("finding")
        if isinstance(finding, dict) and finding.get("severity") == "error":
            found["error"] = finding
        if kind == "process":
            found |= {"is_paused": False, "process_finished": None, "error": None}
        if kind == "paused":
            found["is_paused"] = True
        if kind == "control" and line.get("action") == "resume":
            found["is_paused"] = False
    return found


def _error_of(last: dict[str, Any]) -> str | None:
    """Return the last error that the process reported, including the suggested fix."""
    finding = last.get("error") or {}
    return " ".join(str(finding.get(k) or "") for k in ("message", "remedy")).strip()


def _lines_on_process(folder: RunFolder) -> Iterator[dict[str, Any]]:
    """Yield the lines about the process from both ends of the live log."""
    try:
        with open(folder.path_of(LIVE), "rb") as file:
            first = file.readline()
            size = file.seek(0, 2)
            file.seek(max(len(first), size - _TAIL_BYTES))
            lines = [first, *file.read().split(b"\n")]
    except OSError:
        return
    for text in lines:
        if not any(word in text for word in _WORDS):
            continue
        try:
            line = parse_json(text)
        except ValueError:  # the tail may start and end with incomplete lines
            continue
        if isinstance(line, dict):
            yield line


def _is_alive(process: dict[str, Any] | None) -> bool:
    """Return whether the process that a line describes is running on this computer."""
    if process is None or process.get("host") not in (None, platform.node()):
        return False
    import psutil

    pid = process.get("pid")
    if not isinstance(pid, int) or not psutil.pid_exists(pid):
        return False
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False
