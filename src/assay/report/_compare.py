"""Formats a comparison of several runs as text."""

from collections.abc import Mapping, Sequence
from typing import Any

from assay.report._format import WIDTH, count, entry, figures, measured, page, table
from assay.report._metric_titles import metric_title

__all__ = ["compare_text", "compare_warnings"]


def compare_text(summaries: Sequence[Mapping[str, Any]]) -> str:
    """Return a table of runs, with warnings if the results are not comparable.

    Args:
        summaries: contents of one or more `run.json` files.
    """
    varied = [
        name
        for name, values in (
            ("data", {s["data"]["source"] for s in summaries}),
            ("metric", {s["test"]["metric"] for s in summaries}),
        )
        if len(values) > 1
    ]
    head = ["run", *varied, "test", "interval", "val", "parameters", "trials"]
    head += ["verdict"]
    rows = [_row(summary, varied) for summary in summaries]
    numbers = [head.index(name) for name in ("test", "val", "parameters", "trials")]
    lines = [_title(summaries, varied), "─" * WIDTH]
    lines += table(rows, head=head, numbers=numbers, indent=2)
    for warning in compare_warnings(summaries):
        lines += ["", *entry("!", warning)]
    return page(lines)


def _title(summaries: Sequence[Mapping[str, Any]], varied: Sequence[str]) -> str:
    """Return a line with the number of runs and the properties that they share."""
    first = summaries[0]
    shared = {
        "data": first["data"]["source"],
        "metric": metric_title(first["test"]["metric"]),
    }
    texts = [text for name, text in shared.items() if name not in varied]
    level = f"{100 * first['test']['level']:g}% intervals"
    return " · ".join([count(len(summaries), "run"), *texts, level])


def _row(summary: Mapping[str, Any], varied: Sequence[str]) -> list[str]:
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


def compare_warnings(summaries: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return warnings that explain why the runs' results are not comparable."""
    test_rows = {(s["data"]["fingerprint"], s["split"]["hash"]) for s in summaries}
    openings = max(s["test"]["openings"] for s in summaries)
    warnings: list[str] = []
    if len(test_rows) > 1:
        warnings.append(
            "These runs were not tested on the same rows, so differences may be due to "
            "the choice of rows. Train on the same data with the same split and seed."
        )
    if len({s["test"]["metric"] for s in summaries}) > 1:
        warnings.append("These runs were evaluated with different metrics.")
    if openings > 1:
        warnings.append(
            f"This test set has been opened {openings} times. The best "
            "result is therefore too optimistic. Select a run by its val result, or "
            "test the selected run on rows that no run has used."
        )
    return warnings
