"""Formats the stages and the result of a finished run as text."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from os import PathLike, fspath
from typing import Any

from assay._terminal import printable
from assay.report._format import (
    WIDTH,
    count,
    entry,
    figures,
    measured,
    page,
    seconds,
    setting,
    table,
)

__all__ = [
    "compared",
    "course",
    "finding_text",
    "findings_lines",
    "findings_text",
    "interval_notes",
    "layers_text",
    "metric_notes",
    "metric_title",
    "metric_titles",
    "opening_warnings",
    "other_metrics",
    "summary_html",
    "summary_text",
    "task_text",
    "verdict_text",
]

Summary = Mapping[str, Any]

_INDENT = 14
_LONGEST_CLASS = 20  # characters of the name of a class in the title of a metric
_TITLES = {
    "auroc": "AUROC",
    "brier": "Brier score",
    "f1": "F1",
    "mae": "MAE",
    "r2": "R²",
    "rmse": "RMSE",
}
_BASELINES = {
    "majority": "the majority class",
    "mean": "the mean",
    "linear model": "a linear model",
}
"""Names of the baselines for use in sentences."""

_MARKS = {"error": "!!", "warning": "!", "advice": "*", "info": "-"}


def summary_text(
    summary: Summary,
    *,
    folder: str | PathLike[str] | None = None,
    report: str | PathLike[str] | None = None,
) -> str:
    """Return the result of a run as text with lines of at most 88 characters.

    Args:
        summary: content of `run.json`.
        folder: folder of the run, which is printed below the result.
        report: path of the HTML report, which is printed in the last line.
    """
    lines = [f"{summary['run']} · {task_text(summary)}", "─" * WIDTH]
    for label, *paragraphs in course(summary):
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


def findings_lines(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the lines of a section about findings; empty if there are none."""
    lines = [line for finding in findings for line in finding_text(finding)]
    return ["", "  findings", *lines] if lines else []


def findings_text(record: Mapping[str, Any]) -> str:
    """Return the findings of a record as text; empty if there are none."""
    return "\n".join(findings_lines(record["findings"]))


def summary_html(summary: Summary) -> str:
    """Return the result of a run as a small HTML table with escaped text."""
    value, interval = measured(summary["test"])
    test = [("TEST", f"{metric_title(summary['test']['metric'])} {value} {interval}")]
    rows = [
        *((label, " · ".join(texts)) for label, *texts in course(summary)),
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


def finding_text(finding: Mapping[str, Any]) -> list[str]:
    """Return the lines of a finding: severity, message and remedy."""
    mark = _MARKS.get(finding["severity"], "-")
    texts = [finding["message"]]
    if finding["remedy"]:
        texts.append(f"→ {finding['remedy']}")
    return entry(f"{mark:<2} {finding['severity']}", *texts)


def layers_text(layers: Sequence[str | Mapping[str, Any]]) -> str:
    """Return a one-line description of a model's layers.

    Example:
        >>> layers_text([{"kind": "dense", "units": 64, "bias": True}, "relu"])
        'dense 64 → relu'
    """
    return " → ".join(map(_layer, layers)) or "no layer"


def metric_title(metric: str) -> str:
    """Return the display name of a metric, such as "log loss" or "AUROC"."""
    return _TITLES.get(metric, metric.replace("_", " "))


def _layer(layer: str | Mapping[str, Any]) -> str:
    """Return the kind of a layer and its first number, such as units or rate."""
    if isinstance(layer, str):
        return layer
    kind = str(layer.get("kind", layer.get("name", "?")))
    if kind == "own_module":
        return f"{layer.get('factory')} (written in Python)"
    values = [v for v in layer.values() if isinstance(v, int | float)]
    numbers = [setting(v) for v in values if not isinstance(v, bool)]
    return " ".join([kind, *numbers[:1]])


def task_text(summary: Summary) -> str:
    target = summary["data"].get("target")
    return summary["task"] + (f", predicts {target}" if target else "")


def course(summary: Summary) -> list[tuple[str, ...]]:
    """Return the stages before the test part was opened, as (label, texts)."""
    data, split, model = summary["data"], summary["split"], summary["model"]
    size = [count(data["num_examples"], "example")]
    size.append(count(data["num_features"], "feature"))
    if data["classes"]:
        size.append(count(len(data["classes"]), "class", "classes"))
    parts = [f"{part} {split[part]:,}" for part in ("train", "val", "test")]
    refit = summary["refit"]
    epochs = count(refit["epochs"], "epoch")
    examples = count(refit["num_examples"], "example")
    return [
        ("data", f"{data['source']}: {', '.join(size)}", *_reading(data)),
        ("split", f"{', '.join(parts)}, by {split['by']}", *split.get("notes", ())),
        (
            "model",
            layers_text(model["layers"]),
            _size(model),
        ),
        *_start(model),
        ("chosen", *_chosen(summary["tune"])),
        ("refit", f"on train + val: {examples}, {epochs}"),
    ]


def _size(model: Summary) -> str:
    members = model.get("members", 1)
    several = f"mean of {members} members, " if members > 1 else ""
    return several + count(model["num_parameters"], "parameter")


def _start(model: Summary) -> list[tuple[str, ...]]:
    """Return the source run of a model and its frozen layers, if any."""
    texts: list[str] = []
    if (start := model.get("start")) is not None:
        taken, fresh = ", ".join(start["taken"]), ", ".join(start["fresh"]) or "nothing"
        reason = f" ({start['output']})" if "output" in start["fresh"] else ""
        source = f"{start['run']}, model {start['sha256'][:12]}"
        texts += [f"from {source}: {taken}", f"fresh: {fresh}{reason}"]
    if (frozen := model.get("frozen")) is not None:
        part, total = frozen["num_parameters"], model["num_parameters"]
        layers = ", ".join(frozen["layers"])
        texts.append(f"frozen: {layers}; {part:,} of {total:,} parameters")
    return [("start", *texts)] if texts else []


def _reading(data: Summary) -> list[str]:
    """Return notes on how the data were read and how rows were streamed."""
    notes = list(data.get("notes", ()))
    streaming = data.get("streaming")
    if not streaming:
        return notes
    return [
        *(notes or [streaming["reason"]]),  # the reason is also the first note
        f"Shuffling is {streaming['shuffle']}.",
        f"Train metrics and baselines use {streaming['rows_measured']:,} rows.",
    ]


def _chosen(tune: Summary | None) -> list[str]:
    if tune is None:
        return ["a single setting, without a search"]
    (best,) = figures(tune["best_val"])
    trials = count(tune["num_trials"], "trial")
    texts = [f"selected from {trials}: val {metric_title(tune['metric'])} {best}"]
    values = [f"{name} {setting(value)}" for name, value in _values(tune)]
    return [*texts, ", ".join(values), *tune.get("notes", ())]


def _values(tune: Summary) -> list[tuple[str, Any]]:
    values: Mapping[str, Any] = tune.get("values") or {}
    return list(values.items())


def _test_lines(summary: Summary) -> list[str]:
    test = summary["test"]
    value, interval = measured(test)
    texts = [f"{metric_title(test['metric'])} {value}"]
    if interval:
        mark = " (!)" if test.get("note") else ""
        texts.append(f"{100 * test['level']:g} % interval {interval}{mark}")
    texts.append(f"on {count(test['num_examples'], 'sealed example')}")
    return entry("TEST", "   ".join(texts), *_test_notes(summary))


def interval_notes(summary: Summary) -> list[str]:
    """Return the caveats about the interval of the test result."""
    note = summary["test"].get("note")
    return [f"! {note}"] if note else []


def _test_notes(summary: Summary) -> list[str]:
    """Return all caveats about the test result; those about its interval come first."""
    notes = interval_notes(summary)
    return [*notes, *compared(summary), *opening_warnings(summary)]


def compared(summary: Summary) -> list[str]:
    """Return a sentence that compares the model with each baseline."""
    texts: list[str] = []
    for baseline in summary["baselines"]:
        name, words = baseline["name"], baseline.get("comparison", {}).get("words")
        if words:
            texts.append(words.replace(name, _BASELINES.get(name, name), 1))
    return texts or ["not compared with a baseline"]


def opening_warnings(summary: Summary) -> list[str]:
    """Return a warning if the test rows have been opened several times."""
    openings = summary["test"]["openings"]
    if openings <= 1:
        return []
    return [
        f"! These test rows have been opened {openings} times so far. The best of "
        "several results on them is optimistic."
    ]


def metric_notes(summary: Summary) -> list[str]:
    """Return the caveats about metrics other than the deciding one."""
    notes = summary.get("evaluation", {}).get("notes", ())
    return [f"! {note}" for note in notes if note != summary["test"].get("note")]


def _beside(label: str, rows: Iterable[tuple[str, Summary]]) -> list[str]:
    """Return a labeled table of metrics and intervals."""
    cells = [[name, *measured(part)] for name, part in rows]
    lines = table(cells, numbers=[1], indent=_INDENT)
    return [f"  {label:<{_INDENT - 2}}{lines[0].lstrip()}", *lines[1:]] if lines else []


def _baselines(summary: Summary) -> list[tuple[str, Summary]]:
    return [(baseline["name"], baseline) for baseline in summary["baselines"]]


def other_metrics(summary: Summary) -> list[tuple[str, Summary]]:
    metric = summary["test"]["metric"]
    metrics = summary["metrics"].items()
    titles = metric_titles(summary)
    return [(titles[name], part) for name, part in metrics if name != metric]


def metric_titles(summary: Summary) -> dict[str, str]:
    """Return the titles of the metrics of a run by name.

    The F1 of a binary task is that of its second class. Where this is the larger class,
    F1 is close to 1 for models that never find the smaller one, so the title names it.
    """
    titles = {name: metric_title(name) for name in summary["metrics"]}
    classes: list[Any] = summary["data"].get("classes") or []
    if "f1" in titles and len(classes) == 2:
        titles["f1"] += f" of {str(classes[1])[:_LONGEST_CLASS]}"
    return titles


def verdict_text(summary: Summary) -> str:
    """Return the verdict with its reason, such as "fits: accuracy is …"."""
    on_train, on_test = figures(
        summary["train"]["metric_value"], summary["test"]["value"]
    )
    metric = metric_title(summary["test"]["metric"])
    reason = summary.get("verdict_reason") or (
        f"{metric} is {on_train} on train and {on_test} on test"
    )
    return f"{summary['verdict']}: {reason.replace(summary['test']['metric'], metric)}"


def _time(timings: Summary) -> str:
    parts = [
        f"{name.removesuffix('_seconds').replace('_', ' ')} {seconds(value)}"
        for name, value in timings.items()
        if name.endswith("_seconds") and name != "total_seconds"
    ]
    total = seconds(timings.get("total_seconds"))
    return f"{total}: {', '.join(parts)}" if parts else total
