"""The last sections of a report, from the findings to the commands."""

import shlex
from collections.abc import Mapping
from typing import Any

from assay.records import SEVERITIES
from assay.report._format import seconds, setting
from assay.report.html._elements import Html, element, pairs, section, table, text
from assay.report.html._records import RunRecords

__all__ = [
    "commands_section",
    "environment_section",
    "findings_section",
    "settings_section",
    "times_section",
]


def findings_section(records: RunRecords) -> Html:
    """Return the findings, most severe first; empty if there are none."""
    findings = sorted(records.summary["findings"], key=_severity, reverse=True)
    if not findings:
        return Html("")
    entries = [_finding(finding) for finding in findings]
    listed = element("ul", *entries, class_="findings")
    return section("Findings", listed, name="findings")


def _severity(finding: Mapping[str, Any]) -> int:
    name = finding.get("severity", "")
    return SEVERITIES.index(name) if name in SEVERITIES else -1


def _finding(finding: Mapping[str, Any]) -> Html:
    severity = str(finding["severity"])
    known = severity if severity in SEVERITIES else None
    texts = [element("p", text(finding["message"]))]
    if finding["remedy"]:
        texts.append(element("p", text(f"→ {finding['remedy']}"), class_="soft"))
    pill = element("b", text(severity), class_=f"pill {known}" if known else "pill")
    return element("li", pill, element("div", *texts))


def settings_section(records: RunRecords) -> Html:
    """Return the layers and all hyperparameters."""
    summary = records.summary
    searched: Mapping[str, Any] = (summary["tune"] or {}).get("values") or {}
    values = [
        (f"{name} (searched)" if name in searched else name, _value(value))
        for name, value in summary["hyperparameters"].items()
    ]
    return section(
        "Model and settings",
        table(
            ["layer", "kind", "settings"],
            [_layer(layer) for layer in summary["model"]["layers"]],
            caption=f"Layers ({summary['model']['num_parameters']:,} parameters)",
            wraps=True,
        ),
        element("h3", text("Hyperparameters")),
        pairs(values, class_="grid"),
        name="settings",
    )


def _layer(layer: str | Mapping[str, Any]) -> list[str]:
    if isinstance(layer, str):
        return [layer, layer, ""]
    kind = str(layer.get("kind", "?"))
    rest = [
        f"{name} {_value(value)}"
        for name, value in layer.items()
        if name not in ("name", "kind") and value is not None
    ]
    return [str(layer.get("name", kind)), kind, ", ".join(rest)]


def _value(value: object) -> str:
    return "none" if value in ([], {}) else setting(value)


def environment_section(records: RunRecords) -> Html:
    """Return the software and hardware of the run, and hashes of the data."""
    summary, resolved = records.summary, records.resolved or {}
    versions: Mapping[str, Any] = resolved.get("versions") or {}
    known = [
        ("seed", resolved.get("seed")),
        ("device", resolved.get("device")),
        ("platform", resolved.get("platform")),
        *versions.items(),
        ("data fingerprint", summary["data"]["fingerprint"]),
        ("split hash", summary["split"]["hash"]),
    ]
    if "assay" not in versions:
        known.insert(0, ("assay", summary["assay"]))
    items = [(name, value) for name, value in known if value is not None]
    return section("Environment", pairs(items, class_="grid"), name="environment")


def times_section(records: RunRecords) -> Html:
    """Return the durations of the stages."""
    timings = records.summary["timings"]
    rows = [
        [name.removesuffix("_seconds").replace("_", " "), seconds(value)]
        for name, value in timings.items()
        if name.endswith("_seconds")
    ]
    times = table(["stage", "time"], rows, caption="Wall-clock time of each stage")
    return section("Times", times, name="times") if rows else Html("")


def commands_section(records: RunRecords) -> Html:
    """Return commands for the run, ready to copy."""
    path = shlex.quote(str(records.path))
    commands = [
        ("Show this result", f"assay show {path}"),
        ("Predict new rows", f"assay predict {path} NEW_DATA -o predictions.csv"),
        (
            "Resume the run if it was interrupted",
            f"assay train --resume --out {path}",
        ),
        ("Predict in Python", f"assay.load({str(records.path)!r}).predict(frame)"),
    ]
    entries = [
        element(
            "div",
            element("dt", text(words)),
            element("dd", element("code", text(command))),
        )
        for words, command in commands
    ]
    return section(
        "Commands", element("dl", *entries, class_="commands"), name="commands"
    )
