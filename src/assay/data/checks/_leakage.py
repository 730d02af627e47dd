"""Checks of columns that know too much: copies of the target, groups, time."""

import re

import numpy as np
import polars as pl

from assay.data.checks._context import View
from assay.data.columns._column import SOLE_INPUT_KINDS, Column
from assay.records import Finding

__all__ = ["group_across_split", "split_note", "target_copy", "time_order"]

COPY_CORRELATION = 0.999
"""Measurements that matter correlate less; beyond this, one column is the target."""

COPY_ACCURACY = 0.995
"""Balanced accuracy of one column alone on rows not used to read it off.

The best single column of the built-in sets reaches 0.96 (iris, petal width)."""

MIN_COPY_ROWS = 50
"""With fewer rows, an honest column separates the classes too often by luck."""

MAX_COPY_ROWS = 20_000
"""Rows looked at; more do not change the answer."""

_GROUP_NAME = re.compile(
    r"(?i)(^|[\W_])(patient|subject|participant|person|user|customer|client|donor|"
    r"family|household|group|session|device|site|hospital|student|speaker|batch)"
    r"s?([\W_]?(id|nr|no|number|name|code))?$"
)


def target_copy(view: View) -> list[Finding]:
    """Name columns that tell the target all by themselves.

    Looks only at rows that are not sealed: half of them teach the reading of a column,
    the other half test it.
    """
    dataset = view.dataset
    rows = view.known_rows
    if len(rows) > MAX_COPY_ROWS:
        rows = rows[:: -(-len(rows) // MAX_COPY_ROWS)]
    if len(rows) < MIN_COPY_ROWS:
        return []
    # Files are often sorted; a fixed shuffle gives both halves the same rows each time.
    rows = np.random.default_rng(0).permutation(rows)
    target = dataset.target[rows]
    regression = dataset.task.kind == "regression"
    measure, bound, name = (
        (_correlation, COPY_CORRELATION, "correlation with the target")
        if regression
        else (_accuracy, COPY_ACCURACY, "balanced accuracy on its own")
    )
    found = []
    frame = dataset.frame.select(c.name for c in view.features)[rows]
    for column in view.features:
        if column.kind in SOLE_INPUT_KINDS:
            continue
        score = measure(frame[column.name], target)
        if score >= bound:
            found.append(_copy_finding(column, name, score, bound))
    return found


def _copy_finding(column: Column, name: str, score: float, bound: float) -> Finding:
    return Finding(
        "target_copy",
        "warning",
        f"{column.name!r} tells the target almost perfectly ({name}: {score:.4f}). "
        "It may be written down after the target is known, or be the target itself.",
        numbers={
            "column": column.name,
            "measure": name,
            "value": score,
            "bound": bound,
        },
        remedy=f"Unless it is known before the target: ignore=[{column.name!r}].",
    )


def _correlation(series: pl.Series, target: np.ndarray) -> float:
    """Correlation of values or of ranks; of categories, of their mean target."""
    if not (series.dtype.is_numeric() or series.dtype.is_temporal()):
        half = len(series) // 2
        known = pl.DataFrame({"x": series[:half].cast(pl.String), "y": target[:half]})
        means = known.group_by("x").agg(pl.col("y").mean())
        rest = pl.DataFrame({"x": series[half:].cast(pl.String)})
        guess = rest.join(means, on="x", how="left", maintain_order="left")["y"]
        return _pearson(guess.to_numpy(), target[half:])
    values = series.to_physical().cast(pl.Float64)
    ranks = values.rank().to_numpy()
    by_rank = _pearson(ranks, pl.Series(target).rank().to_numpy())
    return max(by_rank, _pearson(values.to_numpy(), target))


def _pearson(values: np.ndarray, target: np.ndarray) -> float:
    held = ~np.isnan(values)
    values, target = values[held], target[held]
    if len(values) < MIN_COPY_ROWS // 2 or np.ptp(values) == 0 or np.ptp(target) == 0:
        return 0.0
    # Scaled first, lest squares of very large numbers overflow.
    scaled = values / np.abs(values).max()
    if scaled.std() == 0:
        return 0.0
    return float(abs(np.corrcoef(scaled, target)[0, 1]))


def _accuracy(series: pl.Series, target: np.ndarray) -> float:
    """Balanced accuracy on one half of the nearest value in the other half."""
    half = len(target) // 2
    missing = series.is_null().to_numpy()
    common = int(np.bincount(target[:half]).argmax())
    guess = np.full(len(target) - half, common)
    number = series.dtype.is_numeric() or series.dtype.is_temporal()
    read = _nearest if number else _same
    held = ~missing
    if held[:half].sum() > 1:
        guess[held[half:]] = read(series, target, held, half)
    if missing[:half].any():
        guess[missing[half:]] = np.bincount(target[:half][missing[:half]]).argmax()
    right = guess == target[half:]
    return float(
        np.mean([right[target[half:] == c].mean() for c in set(target[half:])])
    )


def _nearest(
    series: pl.Series, target: np.ndarray, held: np.ndarray, half: int
) -> np.ndarray:
    values = series.to_physical().cast(pl.Float64).to_numpy()
    first = held[:half]
    order = np.argsort(values[:half][first], kind="stable")
    known, classes = values[:half][first][order], target[:half][first][order]
    asked = values[half:][held[half:]]
    right = np.clip(np.searchsorted(known, asked), 1, len(known) - 1)
    nearer = np.where(
        asked - known[right - 1] <= known[right] - asked, right - 1, right
    )
    return classes[nearer]


def _same(
    series: pl.Series, target: np.ndarray, held: np.ndarray, half: int
) -> np.ndarray:
    text = series.cast(pl.String).to_list()
    common = int(np.bincount(target[:half]).argmax())
    seen: dict[str, np.ndarray] = {}
    for value, label in zip(text[:half], target[:half], strict=True):
        votes = seen.setdefault(value, np.zeros(target.max() + 1, dtype=int))
        votes[label] += 1
    best = {value: int(votes.argmax()) for value, votes in seen.items()}
    asked = [v for v, h in zip(text[half:], held[half:], strict=True) if h]
    return np.array([best.get(value, common) for value in asked], dtype=int)


def group_across_split(view: View) -> list[Finding]:
    """Name columns that look like groups of rows which the split tears apart."""
    split, dataset = view.split, view.dataset
    if split is None or split.by in ("group", "time"):
        return []
    found = []
    for column in dataset.columns:
        repeats = 2 <= column.num_distinct <= dataset.num_examples / 2
        if not repeats or not _GROUP_NAME.search(column.name):
            continue
        values = dataset.frame[column.name]
        known = values[split.train].unique().to_list()
        share = float(values[split.test].is_in(known).to_numpy().mean())
        found.append(
            Finding(
                "group_across_split",
                "advice",
                f"{column.name!r} looks like a group of rows, and {share:.0%} of the "
                "test rows share their group with training rows: the test would "
                "measure known groups only.",
                numbers={
                    "column": column.name,
                    "num_groups": column.num_distinct,
                    "share": share,
                },
                remedy=f"by='group', column={column.name!r}, ignore=[{column.name!r}]",
            )
        )
    return found


def time_order(view: View) -> list[Finding]:
    """Say that rows with dates are split without regard to time."""
    split = view.split
    dates = [c.name for c in view.dataset.columns if c.kind == "date"]
    if split is None or split.by in ("group", "time") or not dates:
        return []
    return [
        Finding(
            "time_order",
            "advice",
            f"{dates[0]!r} holds dates, but the split ignores them: training rows may "
            "be later than test rows. Where tomorrow is predicted, that flatters.",
            numbers={"columns": dates, "by": split.by},
            remedy=f"by='time', column={dates[0]!r}",
        )
    ]


def split_note(view: View) -> list[Finding]:
    """Repeat what could not be done as asked while splitting."""
    if view.split is None:
        return []
    return [
        Finding("split_note", "advice", note, numbers={"by": view.split.by})
        for note in view.split.notes
    ]
