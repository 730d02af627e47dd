"""Formats the result of a finished run as text and as a small HTML table."""

from collections.abc import Iterable
from html import escape
from os import PathLike, fspath

from assay._terminal import printable
from assay.report._findings import findings_lines
from assay.report._format import (
    WIDTH,
    Record,
    count,
    entry,
    figures,
    measured,
    page,
    seconds,
    table,
)
from assay.report._metric_titles import metric_title, metric_titles
from assay.report._stages import stages, task_text

__all__ = [
    "compared",
    "interval_notes",
    "metric_notes",
    "opening_warnings",
    "other_metrics",
    "summary_html",
    "summary_text",
    "verdict_text",
]

_INDENT = 14
_BASELINES = {
    "majority": "the majority class",
    "mean": "the mean",
    "linear model": "a linear model",
}
"""Names of the baselines in sentences."""


def summary_text(
    summary: Record,
    *,
    folder: str | PathLike[str] | None = None,
    report: str | PathLike[str] | None = None,
) -> str:
    """Return the result of a run as text with lines of at most 88 characters.

    Args:
        summary: contents of `run.json`.
        folder: path of the run folder, which is printed below the result.
        report: path of the HTML report, which is printed in the last line.
    """
    lines = [f"{summary['run']} · {task_text(summary)}", "─" * WIDTH]
    for label, *paragraphs in stages(summary):
        lines += entry(label, *paragraphs)
    lines += ["", *_test_lines(summary), ""]
    lines += _beside("baselines", _baselines(summary))
    lines += _beside("also", other_metrics(summary))
    lines += entry("", *metric_notes(summary))
    lines += ["", *entry("verdict", verdict_text(summary))]
    lines += findings_lines(summary["findings"])
    lines += ["", *entry("time", _time(summary["timings"]))]
    if folder is not None:
        lines += entry("folder", fspath(folder))
    if report is not None:
        lines += entry("report", fspath(report))
    return page(lines)


def summary_html(summary: Record) -> str:
    """Return the result of a run as a small HTML table with escaped text."""
    value, interval = measured(summary["test"])
    test = [("TEST", f"{metric_title(summary['test']['metric'])} {value} {interval}")]
    rows = [
        *((label, " · ".join(texts)) for label, *texts in stages(summary)),
        *test,
        *(("", text) for text in _test_notes(summary)),
        *((n, " ".join(measured(m))) for n, m in _baselines(summary)),
        *((n, " ".join(measured(m))) for n, m in other_metrics(summary)),
        *(("", note) for note in metric_notes(summary)),
        ("verdict", verdict_text(summary)),
        *(
            (f["severity"], f"{f['message']} {f['remedy']}")
            for f in summary["findings"]
        ),
    ]
    body = "".join(
        f"<tr><th>{_html(label)}</th><td>{_html(text)}</td></tr>"
        for label, text in rows
    )
    title = _html(f"{summary['run']} · {task_text(summary)}")
    return f"<table><caption>{title}</caption><tbody>{body}</tbody></table>"


def _html(text: str) -> str:
    return escape(printable(text))


def _test_lines(summary: Record) -> list[str]:
    test = summary["test"]
    value, interval = measured(test)
    texts = [f"{metric_title(test['metric'])} {value}"]
    if interval:
        mark = " (!)" if test.get("note") else ""
        texts.append(f"{100 * test['level']:g}% interval {interval}{mark}")
    texts.append(f"on {count(test['num_examples'], 'sealed example')}")
    return entry("TEST", "   ".join(texts), *_test_notes(summary))


def interval_notes(summary: Record) -> list[str]:
    """Return caveats about the interval of the test result."""
    note = summary["test"].get("note")
    return [f"! {note}"] if note else []


def _test_notes(summary: Record) -> list[str]:
    """Return all caveats about the test result, starting with those on the interval."""
    notes = interval_notes(summary)
    return [*notes, *compared(summary), *opening_warnings(summary)]


def compared(summary: Record) -> list[str]:
    """Return sentences that compare the model with each baseline."""
    texts: list[str] = []
    for baseline in summary["baselines"]:
        name, words = baseline["name"], baseline.get("comparison", {}).get("words")
        if words:
            texts.append(words.replace(name, _BASELINES.get(name, name), 1))
    return texts or ["not compared with a baseline"]


def opening_warnings(summary: Record) -> list[str]:
    """Return a warning if the test set has been opened several times."""
    openings = summary["test"]["openings"]
    if openings <= 1:
        return []
    return [
        f"! This test set has been opened {openings} times so far. The best "
        "result is therefore too optimistic."
    ]


def metric_notes(summary: Record) -> list[str]:
    """Return caveats about the metrics other than the main one."""
    notes = summary.get("evaluation", {}).get("notes", ())
    return [f"! {note}" for note in notes if note != summary["test"].get("note")]


def _beside(label: str, rows: Iterable[tuple[str, Record]]) -> list[str]:
    """Return lines with a label and, next to it, a table of metrics and intervals."""
    cells = [[name, *measured(part)] for name, part in rows]
    lines = table(cells, numbers=[1], indent=_INDENT)
    return [f"  {label:<{_INDENT - 2}}{lines[0].lstrip()}", *lines[1:]] if lines else []


def _baselines(summary: Record) -> list[tuple[str, Record]]:
    return [(baseline["name"], baseline) for baseline in summary["baselines"]]


def other_metrics(summary: Record) -> list[tuple[str, Record]]:
    metric = summary["test"]["metric"]
    metrics = summary["metrics"].items()
    titles = metric_titles(summary)
    return [(titles[name], part) for name, part in metrics if name != metric]


def verdict_text(summary: Record) -> str:
    """Return the verdict and the reason for it, such as "fits: accuracy is …"."""
    on_train, on_test = figures(
        summary["train"]["metric_value"], summary["test"]["value"]
    )
    metric = metric_title(summary["test"]["metric"])
    reason = summary.get("verdict_reason") or (
        f"{metric} is {on_train} on train and {on_test} on test"
    )
    # The recorded reason starts with the plain name of the metric.
    reason = reason.replace(summary["test"]["metric"], metric, 1)
    return f"{summary['verdict']}: {reason}"


def _time(timings: Record) -> str:
    parts = [
        f"{name.removesuffix('_seconds').replace('_', ' ')} {seconds(value)}"
        for name, value in timings.items()
        if name.endswith("_seconds") and name != "total_seconds"
    ]
    total = seconds(timings.get("total_seconds"))
    return f"{total}: {', '.join(parts)}" if parts else total
