"""Several runs side by side, and a data set at a glance, in plain words."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from assay.report._format import WIDTH, count, entry, figures, measured, page, table
from assay.report._run import finding_text, metric_title

__all__ = ["compare_text", "data_text", "unfinished_text"]

_MOST_COLUMNS = 24
_MOST_CLASSES = 12


def compare_text(summaries: Sequence[Mapping[str, Any]]) -> str:
    """Return a table of runs, and what forbids to hold their numbers together.

    Args:
        summaries: objects of `run.json`, at least one.
    """
    varied = [
        name
        for name, values in (
            ("data", {s["data"]["source"] for s in summaries}),
            ("metric", {s["test"]["metric"] for s in summaries}),
        )
        if len(values) > 1
    ]
    head = ["run", *varied, "test", "interval", "val", "parameters", "tries", "verdict"]
    rows = [_compare_row(summary, varied) for summary in summaries]
    first = summaries[0]
    title = [
        *([] if "data" in varied else [first["data"]["source"]]),
        *([] if "metric" in varied else [metric_title(first["test"]["metric"])]),
        f"{100 * first['test']['level']:g} % intervals",
    ]
    numbers = [head.index(name) for name in ("test", "val", "parameters", "tries")]
    lines = [f"{count(len(summaries), 'run')} · {' · '.join(title)}", "─" * WIDTH]
    lines += table(rows, head=head, numbers=numbers, indent=2)
    for warning in _cautions(summaries):
        lines += ["", *entry("!", warning)]
    return page(lines)


def _compare_row(summary: Mapping[str, Any], varied: list[str]) -> list[str]:
    test, tune = summary["test"], summary["tune"]
    values = {"data": summary["data"]["source"], "metric": metric_title(test["metric"])}
    return [
        summary["run"],
        *(values[name] for name in varied),
        *measured(test),
        figures(tune["best_val"])[0] if tune else "–",
        f"{summary['model']['num_parameters']:,}",
        str(tune["num_trials"]) if tune else "1",
        summary["verdict"],
    ]


def _cautions(summaries: Sequence[Mapping[str, Any]]) -> list[str]:
    tested = {(s["data"]["fingerprint"], s["split"]["hash"]) for s in summaries}
    openings = max(s["test"]["openings"] for s in summaries)
    told = []
    if len(tested) > 1:
        told.append(
            "These runs were not tested on the same rows, so a difference may be one "
            "of the rows. Train on the same data with the same split and seed."
        )
    if len({s["test"]["metric"] for s in summaries}) > 1:
        told.append("These runs were measured by different metrics.")
    if openings > 1:
        told.append(
            f"The same test rows have been opened {openings} times. The best of "
            "several results on them is optimistic; choose by val, or test the chosen "
            "one on rows that no run has seen."
        )
    return told


def data_text(looked: Mapping[str, Any]) -> str:
    """Return what a data set is and what to know of it.

    Args:
        looked: what `assay data --json` prints.
    """
    task = looked["task"]
    lines = [f"{looked['source']} · {task['kind']}, predicts {task['target']}"]
    lines.append("─" * WIDTH)
    size = f"{count(looked['num_examples'], 'example')}, "
    size += count(looked["num_features"], "feature")
    lines += entry("data", size, *looked["notes"])
    lines += entry("target", _target(looked))
    split = looked["split"]
    parts = [f"{part} {split[part]:,}" for part in ("train", "val", "test")]
    lines += entry("split", f"{', '.join(parts)}, by {split['by']}", *split["notes"])
    lines += ["", *_column_lines(looked["columns"])]
    if looked["findings"]:
        lines += ["", "  findings"]
    for finding in looked["findings"]:
        lines += finding_text(finding)
    return page(lines)


def unfinished_text(reached: Mapping[str, Any]) -> str:
    """Return how far a run came that has no result.

    Args:
        reached: what `assay show --json` prints of such a run.
    """
    trials = count(reached["num_trials"], "trial")
    lines = [f"{reached['run']} · not finished", "─" * WIDTH]
    lines += entry("reached", f"{reached['stage']}; {trials} ended")
    lines += entry("", *reached["notes"], "It is still running, or it has stopped.")
    lines += entry("go on", reached["resume"])
    if reached["findings"]:
        lines += ["", "  findings"]
    for finding in reached["findings"]:
        lines += finding_text(finding)
    return page(lines)


def _target(looked: Mapping[str, Any]) -> str:
    if looked["balance"] is None:
        low, mean, high = figures(
            *(looked["target"][k] for k in ("min", "mean", "max"))
        )
        return f"numbers from {low} to {high}, {mean} on average"
    classes = list(looked["balance"].items())
    total = sum(looked["balance"].values())
    shares = [f"{name} {n:,} ({n / total:.0%})" for name, n in classes[:_MOST_CLASSES]]
    more = len(classes) - len(shares)
    shares += [f"and {more} more"] if more else []
    return f"{count(len(classes), 'class', 'classes')}: {', '.join(shares)}"


def _column_lines(columns: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a table of columns; of many, those that are no plain numbers."""
    kinds = Counter(column["kind"] for column in columns)
    told = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common())
    shown = list(columns)
    if len(columns) > _MOST_COLUMNS:
        told += "; numbers without missing values are not listed"
        shown = [c for c in columns if c["kind"] != "number" or c["num_missing"]]
    rest = len(shown) - _MOST_COLUMNS
    head = ["name", "kind", "missing", "distinct", "why"]
    rows = [_column_row(column) for column in shown[:_MOST_COLUMNS]]
    lines = entry("columns", told)
    found = table(rows, head=head, numbers=[2, 3], indent=14)
    lines += [line[:WIDTH] for line in found]
    return lines + (entry("", f"and {rest} more") if rest > 0 else [])


def _column_row(column: Mapping[str, Any]) -> list[str]:
    kind = column["kind"] if column["used"] else f"{column['kind']} (not used)"
    missing, distinct = column["num_missing"], column["num_distinct"]
    return [column["name"], kind, f"{missing:,}", f"{distinct:,}", column["reason"]]
