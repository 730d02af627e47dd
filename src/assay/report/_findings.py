"""Formats findings as text."""

from collections.abc import Mapping, Sequence
from typing import Any

from assay.report._format import (
    entry,
)

__all__ = ["finding_text", "findings_lines", "findings_text"]

_MARKS = {"error": "!!", "warning": "!", "advice": "*", "info": "-"}


def findings_lines(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the lines of the findings section; empty if there are no findings."""
    lines = [line for finding in findings for line in finding_text(finding)]
    return ["", "  findings", *lines] if lines else []


def findings_text(record: Mapping[str, Any]) -> str:
    """Return the findings in a record as text; empty if there are none."""
    return "\n".join(findings_lines(record["findings"]))


def finding_text(finding: Mapping[str, Any]) -> list[str]:
    """Return the lines that describe a finding: severity, message and remedy."""
    mark = _MARKS.get(finding["severity"], "-")
    texts = [finding["message"]]
    if finding["remedy"]:
        texts.append(f"→ {finding['remedy']}")
    return entry(f"{mark:<2} {finding['severity']}", *texts)
