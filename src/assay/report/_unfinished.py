"""Formats an unfinished run as text."""

from collections.abc import Mapping
from typing import Any

from assay.report._format import WIDTH, count, entry, page
from assay.report._run import finding_text

__all__ = ["unfinished_text"]


def unfinished_text(progress: Mapping[str, Any]) -> str:
    """Return how far an unfinished run has come.

    Args:
        progress: object printed by `assay show --json` for such a run.
    """
    trials = count(progress["num_trials"], "trial")
    lines = [f"{progress['run']} · not finished", "─" * WIDTH]
    lines += entry("reached", f"{progress['stage']}; {trials} finished")
    lines += entry("", *progress["notes"], "It is still running, or it was stopped.")
    lines += entry("resume", progress["resume"])
    if progress["findings"]:
        lines += ["", "  findings"]
    for finding in progress["findings"]:
        lines += finding_text(finding)
    return page(lines)
