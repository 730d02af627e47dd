"""Formats the description of a data set as text."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from assay.report._findings import findings_lines
from assay.report._format import WIDTH, count, entry, figures, page, table

__all__ = ["data_text"]

_MOST_COLUMNS = 24
_MOST_CLASSES = 12


def data_text(description: Mapping[str, Any]) -> str:
    """Return a text that describes a data set and lists its findings.

    Args:
        description: the object that `assay data --json` prints.
    """
    task, split = description["task"], description["split"]
    lines = [f"{description['source']} · {task['kind']}, predicts {task['target']}"]
    lines.append("─" * WIDTH)
    size = f"{count(description['num_examples'], 'example')}, "
    size += count(description["num_features"], "feature")
    lines += entry("data", size, *description["notes"])
    lines += entry("target", _target(description))
    parts = [f"{part} {split[part]:,}" for part in ("train", "val", "test")]
    lines += entry("split", f"{', '.join(parts)}, by {split['by']}", *split["notes"])
    lines += ["", *_column_lines(description["columns"])]
    lines += findings_lines(description["findings"])
    return page(lines)


def _target(description: Mapping[str, Any]) -> str:
    if description["balance"] is None:
        extent = (description["target"][name] for name in ("min", "mean", "max"))
        low, mean, high = figures(*extent)
        return f"numbers from {low} to {high}, {mean} on average"
    classes = list(description["balance"].items())
    total = sum(description["balance"].values())
    shares = [f"{name} {n:,} ({n / total:.0%})" for name, n in classes[:_MOST_CLASSES]]
    more = len(classes) - len(shares)
    shares += [f"and {more} more"] if more else []
    return f"{count(len(classes), 'class', 'classes')}: {', '.join(shares)}"


def _column_lines(columns: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return a table of the columns, omitting plain numeric ones if there are many."""
    kinds = Counter(column["kind"] for column in columns)
    caption = ", ".join(f"{kind} {number}" for kind, number in kinds.most_common())
    shown = list(columns)
    if len(columns) > _MOST_COLUMNS:
        caption += "; numeric columns without missing values are omitted"
        shown = [c for c in columns if c["kind"] != "number" or c["num_missing"]]
    rest = len(shown) - _MOST_COLUMNS
    head = ["name", "kind", "missing", "distinct", "why"]
    rows = [_column_row(column) for column in shown[:_MOST_COLUMNS]]
    lines = entry("columns", caption)
    # Only the lines of this table are truncated; all other lines are wrapped.
    lines += [
        line if len(line) <= WIDTH else f"{line[: WIDTH - 1].rstrip()}…"
        for line in table(rows, head=head, numbers=[2, 3], indent=14)
    ]
    return lines + (entry("", f"and {rest} more") if rest > 0 else [])


def _column_row(column: Mapping[str, Any]) -> list[str]:
    kind = column["kind"] if column["used"] else f"{column['kind']} (not used)"
    missing, distinct = column["num_missing"], column["num_distinct"]
    return [column["name"], kind, f"{missing:,}", f"{distinct:,}", column["reason"]]
