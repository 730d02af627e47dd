"""Pauses, advances, stops and resumes the training of a run."""

from typing import Any

from assay._errors import InputError
from assay.lab.runs import _processes
from assay.lab.runs._folder import find
from assay.lab.runs._state import is_running, state_of
from assay.records import check_control, send_control

__all__ = ["control"]


def control(name: str, action: str) -> dict[str, Any]:
    """Send an action to the training process of a run, or resume a stopped run.

    Raises:
        InputError: the action is unknown, or not allowed in the run's current state.
    """
    check_control(action)
    folder = find(name)
    if is_running(folder):
        send_control(folder, action)
    elif action == "resume" and state_of(folder)["state"] == "stopped":
        _processes.resume(folder)
    else:
        raise InputError(f"The run {name} is not in progress.")
    return state_of(folder)
