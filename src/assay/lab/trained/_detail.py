"""All records of a run, for its page."""

from typing import Any

from assay._errors import AssayError
from assay.lab.runs._folder import find
from assay.lab.runs._state import state_of
from assay.lab.trained._calibration import calibration
from assay.records import RunFolder
from assay.report import read_details

__all__ = ["detail"]


def detail(name: str) -> dict[str, Any]:
    """Return the records of a run, with None for unreadable ones.

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
    if summary["task"] != "regression":
        answer["predictions"] = _calibration(folder, answer["damaged"])
    return answer


def _calibration(folder: RunFolder, damaged: list[str]) -> dict[str, Any] | None:
    """Return the calibration of a classifier, if its confidence was recorded."""
    name = "test_predictions.parquet"
    if not folder.exists(name):
        return None
    try:
        table = folder.read_parquet(name)
        if "confidence" not in table:  # written by an older version
            return {}
        columns = (table[name] for name in ("target", "prediction", "confidence"))
        return {"calibration": calibration(*columns)}
    except (AssayError, ValueError, TypeError, KeyError) as error:
        damaged.append(f"{name}: {error}")
        return None
