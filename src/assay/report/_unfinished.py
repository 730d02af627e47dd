"""Formats an unfinished run as text."""

from collections.abc import Mapping
from typing import Any

from assay.report._findings import finding_text
from assay.report._format import WIDTH, count, entry, page

__all__ = ["unfinished_text"]


def unfinished_text(progress: Mapping[str, Any]) -> str:
    """Return a text that describes how far an unfinished run has progressed.

    Args:
        progress: the object that `assay show --json` prints for the run.
    """
    trials = count(progress["num_trials"], "trial")
    lines = [f"{progress['run']} · not finished", "─" * WIDTH]
    lines += entry("reached", f"{progress['stage']}; {trials} finished")
    lines += entry(
        "", *progress["notes"], "The run is still in progress, or it was stopped."
    )
    lines += entry("resume", progress["resume"])
    if progress["findings"]:
        lines += ["", "  findings"]
    for finding in progress["findings"]:
        lines += finding_text(finding)
    return page(lines)
