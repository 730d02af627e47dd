"""Findings about the data or a run, with numbers and a remedy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["SEVERITIES", "Finding"]

SEVERITIES = ("info", "advice", "warning", "error")
"""Severities in ascending order: information, advice, likely problems and errors."""


@dataclass(frozen=True)
class Finding:
    """A fact worth knowing, with supporting numbers and a remedy.

    Args:
        code: name of the check, in snake_case.
        severity: one of `SEVERITIES`.
        message: one or two sentences that can be understood without knowing the check.
        numbers: measured values and thresholds, as plain JSON values.
        remedy: setting or instruction that solves the problem; empty if no action is
            needed.

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
        """Create a finding from the plain values that `to_json` returned."""
        return cls(
            data["code"],
            data["severity"],
            data["message"],
            numbers=dict(data["numbers"]),
            remedy=data["remedy"],
        )
