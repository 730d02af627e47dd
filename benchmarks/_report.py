"""Formats the results as plain tables and writes them to a file."""

import json
from collections.abc import Sequence
from pathlib import Path

from benchmarks._row import Row

__all__ = ["tables", "write"]

_COLUMNS = ("workload", "peer", "value", "low", "high", "target", "reached")
_DETAILS = (
    ("our_seconds", "ours s", 1.0),
    ("peer_seconds", "peer s", 1.0),
    ("our_rate", "ours GF/s", 1e-9),
    ("our_share", "share", 1.0),
    ("peer_share", "peer share", 1.0),
    ("compile_seconds", "compile s", 1.0),
    ("our_peak_bytes", "ours MB", 1e-6),
    ("peer_peak_bytes", "peer MB", 1e-6),
)


def tables(rows: Sequence[Row]) -> str:
    """Return the table of values, the table of details and the notes."""
    values = [_COLUMNS, *(_values(row) for row in rows)]
    detailed = [row for row in rows if "our_seconds" in row.more]
    details = [("workload", "peer", *(title for _, title, _ in _DETAILS))]
    for row in detailed:
        found = [(row.more.get(key), scale) for key, _, scale in _DETAILS]
        numbers = (_number(None if v is None else v * s) for v, s in found)
        details.append((row.workload, row.peer, *numbers))
    notes = [note for row in rows if (note := _note(row))]
    parts = [_aligned(values), _aligned(details) if detailed else "", "\n".join(notes)]
    return "\n\n".join(part for part in parts if part)


def write(rows: Sequence[Row], path: Path) -> None:
    """Write the rows to a file as a JSON list of objects."""
    path.parent.mkdir(parents=True, exist_ok=True)
    data = [row.to_json() for row in rows]
    path.write_text(json.dumps(data, indent=1, allow_nan=False) + "\n", "utf-8")


def _values(row: Row) -> tuple[str, ...]:
    unit = {"ratio": "x", "seconds": " s"}.get(row.unit, "")
    sign = "" if row.better == "higher" else "<= "
    target = "" if row.target is None else f"{sign}{row.target:g}{unit}"
    numbers = [row.value, row.low, row.high]
    found = [_number(n) + (unit if n is not None else "") for n in numbers]
    return (row.workload, row.peer, *found, target, _word(row))


def _word(row: Row) -> str:
    if row.failed is not None:
        return "FAILED"
    if row.skipped is not None:
        return "skipped"
    return {True: "yes", False: "no", None: ""}[row.reached]


def _note(row: Row) -> str:
    where = f"{row.workload}, {row.peer}" if row.peer else row.workload
    if row.failed is not None:
        return f"failed: {where}: {row.failed}"
    if row.skipped is not None:
        return f"skipped: {where}: {row.skipped}"
    variant = row.more.get("peer_variant")
    return f"the peer's fastest variant: {where}: {variant}" if variant else ""


def _number(value: float | None) -> str:
    """Format a number with three significant digits."""
    if value is None:
        return ""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def _aligned(lines: Sequence[Sequence[str]]) -> str:
    """Align cells in columns: words on the left, numbers on the right."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if place < 2 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ).rstrip()
        for cells in lines
    )
