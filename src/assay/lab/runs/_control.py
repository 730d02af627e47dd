"""Pauses, steps, stops and resumes the training of a run."""

from typing import Any

from assay._errors import InputError, did_you_mean
from assay.lab.runs import _processes
from assay.lab.runs._folder import find
from assay.lab.runs._state import is_running, state_of
from assay.records import append_lines, to_canonical_json

__all__ = ["control"]

_ACTIONS = ("pause", "resume", "step_iteration", "step_epoch", "stop")
_CONTROL = "control.jsonl"


def control(name: str, action: str) -> dict[str, Any]:
    """Send an action to the process that trains a run, or resume a stopped run.

    Raises:
        InputError: the action does not exist, or does not fit the state of the run.
    """
    if action not in _ACTIONS:
        raise InputError(
            f"There is no action {action!r}.{did_you_mean(action, _ACTIONS)}"
        )
    folder = find(name)
    if is_running(folder):
        line = to_canonical_json({"action": action})
        append_lines(folder.path_of(_CONTROL), [line], sync=False)
    elif action == "resume" and state_of(folder)["state"] == "stopped":
        _processes.resume(folder)
    else:
        raise InputError(f"The run {name} is not being trained.")
    return state_of(folder)
