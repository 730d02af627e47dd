"""Collects the records shown on a run's page."""

from typing import Any

from assay.lab.runs._folder import find
from assay.lab.runs._state import state_of
from assay.report import read_details

__all__ = ["detail"]


def detail(name: str) -> dict[str, Any]:
    """Return the records of a run; unreadable records are None.

    Raises:
        InputError: no run has this name.
    """
    folder = find(name)
    answer = read_details(folder)
    answer |= {"path": str(folder.path.resolve()), **state_of(folder)}
    summary = answer.get("summary")
    if summary is None:
        if folder.exists("run.json"):
            message = "\n".join(answer["damaged"])
            answer |= {"state": "broken", "message": message}
        return answer
    answer["report"] = folder.exists("report.html")
    return answer
