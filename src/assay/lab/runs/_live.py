"""Reads the records of a run in progress."""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from assay.records import LIVE, RunFolder, new_lines

__all__ = ["condense", "read_all", "read_from"]

_MOST_POINTS = 1500  # maximum number of points per curve in the first message
_LARGE_BYTES = 4_000_000  # smaller files are parsed completely
_MOST_READ = 10_000_000  # approximate number of bytes parsed in a large file
_ITERATIONS = b'{"kind":"iterations"'
_SERIES = {
    "iterations": ("iteration", ("cost", "gradient_norm", "learning_rate")),
    "epochs": ("epoch", ("train_cost", "train_score", "val_cost", "val_score")),
}

Line = dict[str, Any]


def read_from(
    folder: RunFolder, cursor: int, *, every: int = 1
) -> tuple[list[Line], int]:
    """Return the lines written after a cursor position, and the new cursor.

    Runs that are not in progress, and runs started by an older version, have only
    `events.jsonl`, whose lines have the same format.

    Args:
        folder: folder of the run.
        cursor: byte offset in the file; 0 for the start.
        every: n if only every n-th iteration line is to be parsed; 1 for all.
    """
    live = folder.path_of(LIVE)
    path = live if live.exists() else folder.path_of("events.jsonl")
    texts, cursor = new_lines(path, cursor)
    lines = [line for text in _some(texts, every) if (line := _parse(text)) is not None]
    return lines, cursor


def _some(texts: list[bytes], every: int) -> Iterator[bytes]:
    """Yield every n-th iteration line and all other lines."""
    count = 0
    for text in texts:
        if text.startswith(_ITERATIONS):
            count += 1
            if count % every:
                continue
        yield text


def read_all(folder: RunFolder) -> tuple[list[Line], int]:
    """Return a condensed form of all records written so far, and the new cursor.

    Hours of training can produce a file of 100 MB. In such large files, only some of
    the iteration lines are parsed, but still more points than a plot can show.
    """
    live = folder.path_of(LIVE)
    size = live.stat().st_size if live.exists() else 0
    found: list[Line] = []
    cursor = 0
    while True:
        left = size - cursor
        every = 1 + size // _MOST_READ if left > _LARGE_BYTES else 1
        lines, cursor = read_from(folder, cursor, every=every)
        if not lines:
            return found, cursor
        found = condense([*found, *lines])


def _parse(text: bytes) -> Line | None:
    # A parser in pure Python would take a minute for a file of 100 MB.
    try:
        line = json.loads(text) if text else None
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) and "kind" in line else None


def condense(lines: Iterable[Line]) -> list[Line]:
    """Reduce the number of lines without changing the plot.

    Each fit's curves become one line with at most 1500 points, which are the lowest and
    highest points of the first curve in each interval. Other lines are unchanged.
    """
    kept: list[Line] = []
    series: dict[tuple[str, str], Line] = {}
    for line in lines:
        kind, fit = line["kind"], line.get("fit")
        if kind in _SERIES and isinstance(fit, str):
            if (kind, fit) not in series:
                series[kind, fit] = {"kind": kind, "fit": fit}
                kept.append(series[kind, fit])
            _extend(series[kind, fit], line, kind)
            continue
        if kind == "fit" and isinstance(fit, str):
            _cut(series, line, fit)
        kept.append(line)
    for (kind, _), line in series.items():
        _thin(line, kind)
    return kept


def _extend(line: Line, more: Line, kind: str) -> None:
    axis, names = _SERIES[kind]
    for name in (axis, *names):
        line.setdefault(name, []).extend(more.get(name) or [None] * len(more[axis]))


def _cut(series: dict[tuple[str, str], Line], fit_line: Line, fit: str) -> None:
    """Remove the points that a fit repeats after resuming from a checkpoint."""
    reached = fit_line.get("iteration", 0)
    per_epoch = fit_line.get("iterations_per_epoch") or 1
    for kind, most in (("iterations", reached), ("epochs", reached // per_epoch)):
        line = series.get((kind, fit))
        if line is None:
            continue
        axis, names = _SERIES[kind]
        kept = sum(1 for at in line[axis] if at <= most)
        for name in (axis, *names):
            del line[name][kept:]


def _thin(line: Line, kind: str) -> None:
    axis, names = _SERIES[kind]
    size = len(line[axis])
    if size <= _MOST_POINTS:
        return
    values = line[names[0]]
    step = -(-2 * size // _MOST_POINTS)
    chosen = {size - 1}
    for start in range(0, size, step):
        stretch = [
            i for i in range(start, min(start + step, size)) if values[i] is not None
        ]
        if stretch:
            chosen |= {
                min(stretch, key=values.__getitem__),
                max(stretch, key=values.__getitem__),
            }
    for name in (axis, *names):
        line[name] = [line[name][i] for i in sorted(chosen)]
