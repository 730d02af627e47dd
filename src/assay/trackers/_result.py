"""Converts findings and results to text or numbers."""

import math
from collections.abc import Mapping
from typing import Any

from assay.records import Finding, Summary

__all__ = ["finding_line", "flat", "result_lines", "result_values"]


def flat(values: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Flatten nested values, joining their names with dots and omitting unset values.

    Example:
        >>> flat({"optimizer": {"kind": "adam", "beta1": None}, "layers": [1, 2]})
        {'optimizer.kind': 'adam', 'layers': [1, 2]}
    """
    found: dict[str, Any] = {}
    for name, value in values.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{name}.")
        elif value is not None:
            found[f"{prefix}{name}"] = value
    return found


def finding_line(finding: Finding) -> str:
    """Return a finding as one line."""
    words = f"{finding.severity}: {finding.message} {finding.remedy}"
    return " ".join(words.split())


def result_values(summary: Summary) -> dict[str, float]:
    """Return the finite numbers in the test result, keyed by name.

    Example:
        >>> test = {"metric": "accuracy", "value": 0.9, "interval": [0.8, 0.95]}
        >>> result_values({"test": test, "metrics": {}})
        {'test/accuracy': 0.9, 'test/accuracy_low': 0.8, 'test/accuracy_high': 0.95}
    """
    parts: dict[str, Any] = {summary["test"]["metric"]: summary["test"]}
    parts |= {n: m for n, m in summary["metrics"].items() if n not in parts}
    values: dict[str, float | None] = {}
    for name, part in parts.items():
        low, high = part["interval"] or (None, None)
        values |= {f"test/{name}": part["value"]}
        values |= {f"test/{name}_low": low, f"test/{name}_high": high}
    return {
        name: float(value)
        for name, value in values.items()
        if value is not None and math.isfinite(value)
    }


def result_lines(summary: Summary) -> list[str]:
    """Return the test result and the verdict as sentences."""
    test = summary["test"]
    value, (low, high) = test["value"], test["interval"] or (None, None)
    words = "undefined" if value is None else f"{value:.4g}"
    if low is not None and high is not None:
        words += f", {test['level']:.0%} interval [{low:.4g}, {high:.4g}]"
    metric, count = test["metric"], test["num_examples"]
    reason = summary.get("verdict_reason")
    return [
        f"{metric} on {count:,} sealed test examples: {words}.",
        f"Verdict: {summary['verdict']}" + (f": {reason}" if reason else ""),
    ]
