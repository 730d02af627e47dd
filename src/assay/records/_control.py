"""Pauses, resumes, steps or stops a run from another process."""

from pathlib import Path

from assay._errors import InputError, RunError, did_you_mean
from assay.records._atomic_files import append_lines
from assay.records._json import to_canonical_json
from assay.records._live import read_new_lines
from assay.records.run_folder._run_folder import RunFolder

__all__ = ["CONTROL", "CONTROLS", "ControlFile", "check_control", "send_control"]

CONTROL = "control.jsonl"
"""Name of the control file, which is removed when the run finishes."""

CONTROLS = ("pause", "resume", "step_iteration", "step_epoch", "stop")
"""The actions that can be requested from a run during training."""


def send_control(folder: RunFolder | str | Path, action: str) -> None:
    """Ask a run to pause, resume, step or stop during training.

    The run checks for requests whenever its compiled program returns. A step advances
    each fit of the run by one iteration, or to the end of the epoch, and then pauses
    the run. A stopped run can be resumed, just like a run interrupted with Ctrl-C. None
    of these actions changes the result.

    Args:
        folder: folder of the run.
        action: one of `CONTROLS`.

    Raises:
        InputError: the action is unknown.
        RunError: the folder contains no run, or the run has finished.
    """
    check_control(action)
    if not isinstance(folder, RunFolder):
        folder = RunFolder.open(folder)
    if folder.exists("run.json"):
        raise RunError(
            f"The run {folder.path} has finished, so it can no longer be controlled."
        )
    line = to_canonical_json({"action": action})
    append_lines(folder.path_of(CONTROL), [line], sync=False)


def check_control(action: str) -> None:
    """Raise an InputError unless the action is one of `CONTROLS`."""
    if action not in CONTROLS:
        near = did_you_mean(action, CONTROLS)
        names = ", ".join(CONTROLS)
        raise InputError(f"Unknown action {action!r}. Use one of {names}.{near}")


class ControlFile:
    """The file through which other processes request actions from a run.

    Args:
        folder: folder of the run.
    """

    def __init__(self, folder: RunFolder) -> None:
        self._path = folder.path_of(CONTROL)
        self._cursor = 0

    def new_actions(self) -> list[str]:
        """Return the actions requested since the last call."""
        records, self._cursor = read_new_lines(self._path, self._cursor)
        actions = [str(record.get("action")) for record in records]
        return [action for action in actions if action in CONTROLS]
