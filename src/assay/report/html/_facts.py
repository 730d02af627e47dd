"""Shows the essential facts about a run as plain HTML, for browsers without scripts."""

from collections.abc import Mapping
from typing import Any

from assay.records import SEVERITIES, Summary
from assay.report._format import count, measured
from assay.report._metric_titles import metric_title
from assay.report._run import (
    compared,
    interval_notes,
    metric_notes,
    opening_warnings,
    other_metrics,
    verdict_text,
)
from assay.report._stages import stages, task_text
from assay.report.html._elements import Html, element, pairs, section, table, text

__all__ = ["facts"]


def facts(summary: Summary, *, damaged: list[str]) -> list[Html]:
    """Return the heading, the result, the protocol and the findings as HTML.

    Args:
        summary: contents of `run.json`.
        damaged: names of files that exist but cannot be read.
    """
    return [
        _heading(summary),
        _result(summary),
        _protocol(summary),
        _comparison(summary),
        _metrics(summary),
        _findings(summary),
        _footer(summary, damaged),
    ]


def _heading(summary: Summary) -> Html:
    source = f"{summary['data']['source']} · {task_text(summary)}"
    return element(
        "header", element("h1", text(summary["run"])), element("p", text(source))
    )


def _result(summary: Summary) -> Html:
    test = summary["test"]
    value, interval = measured(test)
    basis = [f"{100 * test['level']:g}% interval {interval}"] if interval else []
    basis.append(f"on {count(test['num_examples'], 'sealed example')}")
    words = [*compared(summary), verdict_text(summary)]
    openings = opening_warnings(summary) or [
        "The sealed test set was opened once, for this result."
    ]
    return section(
        "Result on the test set",
        element(
            "p",
            text(f"{metric_title(test['metric'])} "),
            element("strong", text(value)),
            text(f" {' '.join(basis)}"),
            class_="value",
        ),
        *_notes(interval_notes(summary)),
        *(element("p", text(_sentence(word))) for word in words),
        *_notes(openings),
        name="result",
    )


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _notes(notes: list[str]) -> list[Html]:
    return [element("p", text(_sentence(note.removeprefix("! ")))) for note in notes]


def _protocol(summary: Summary) -> Html:
    """Return the split as a bar chart and the steps of the protocol as a list."""
    split = summary["split"]
    total = max(split["train"] + split["val"] + split["test"], 1)
    shapes: list[Html] = []
    left = 0.0
    for part in ("train", "val", "test"):
        width = 100 * split[part] / total
        place = {"x": f"{left:.2f}", "width": f"{width:.2f}", "height": 6}
        shapes.append(element("rect", **place, class_=part))
        left += width
    box = "0 0 100 6"
    parts = [f"{part} {split[part]:,}" for part in ("train", "val", "test")]
    steps = [(label, " · ".join(filter(None, t))) for label, *t in stages(summary)]
    return section(
        "Protocol",
        element(
            "svg",
            *shapes,
            viewBox=box,
            preserveAspectRatio="none",
            role="img",
            aria_label=f"Rows per part: {', '.join(parts)}",
        ),
        pairs(steps),
        name="protocol",
    )


def _comparison(summary: Summary) -> Html:
    rows = [("this model", summary["test"])]
    rows += [(baseline["name"], baseline) for baseline in summary["baselines"]]
    return section(
        "Comparison with baselines",
        table(
            ["model", metric_title(summary["test"]["metric"]), "interval"],
            [[name, *measured(part)] for name, part in rows],
        ),
        name="baselines",
    )


def _metrics(summary: Summary) -> Html:
    metric = summary["test"]["metric"]
    rows = [(metric_title(metric), summary["test"]), *other_metrics(summary)]
    return section(
        "All metrics on the test set",
        table(
            ["metric", "value", "interval"],
            [[name, *measured(part)] for name, part in rows],
        ),
        *_notes(metric_notes(summary)),
        name="metrics",
    )


def _findings(summary: Summary) -> Html:
    """Return the findings, most severe first; empty if there are none."""
    findings = sorted(summary["findings"], key=_severity, reverse=True)
    if not findings:
        return Html("")
    entries = [_finding(finding) for finding in findings]
    return section("Findings", element("ul", *entries), name="findings")


def _severity(finding: Mapping[str, Any]) -> int:
    name = finding.get("severity", "")
    return SEVERITIES.index(name) if name in SEVERITIES else -1


def _finding(finding: Mapping[str, Any]) -> Html:
    words = [element("b", text(finding["severity"])), text(f" {finding['message']}")]
    if finding["remedy"]:
        words.append(text(f" → {finding['remedy']}"))
    return element("li", *words)


def _footer(summary: Summary, damaged: list[str]) -> Html:
    words = (
        f"Generated by Assay {summary['assay']} from the records of the run. To see "
        "the charts, the settings and the environment, allow scripts."
    )
    if damaged:
        words += f" These files cannot be read: {', '.join(damaged)}."
    return element("footer", element("p", text(words)))
