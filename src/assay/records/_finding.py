"""A finding about the data or a run, with numbers and a remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SEVERITIES", "Finding"]

SEVERITIES = ("info", "advice", "warning", "error")
"""In rising order: worth knowing, worth doing, probably wrong, certainly wrong."""


@dataclass(frozen=True)
class Finding:
    """Something worth knowing, with the numbers behind it and a remedy.

    Args:
        code: the name of the check, in snake_case.
        severity: one of `SEVERITIES`.
        message: one or two sentences for a reader who does not know the check.
        numbers: measured values and their thresholds, as plain JSON values.
        remedy: a line to paste or to follow; empty if nothing needs to be done.

    Raises:
        ValueError: severity is not one of `SEVERITIES`.

    Example:
        >>> finding = Finding("constant_column", "info", "'a' never changes.")
        >>> Finding.from_json(finding.to_json()) == finding
        True
    """

    code: str
    severity: str
    message: str
    numbers: Mapping[str, Any] = field(default_factory=dict[str, Any])
    remedy: str = ""

    def __post_init__(self) -> None:
        if self.severity not in SEVERITIES:
            message = f"severity must be one of {SEVERITIES}, not {self.severity!r}"
            raise ValueError(message)

    def to_json(self) -> dict[str, Any]:
        """Return the finding as plain JSON values."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "numbers": dict(self.numbers),
            "remedy": self.remedy,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Finding":
        """Return the finding for the plain values that `to_json` returned."""
        return cls(
            data["code"],
            data["severity"],
            data["message"],
            numbers=dict(data["numbers"]),
            remedy=data["remedy"],
        )
