"""The check for columns that predict the target all by themselves."""

import numpy as np
import polars as pl

from assay.data.checks._context import CheckContext
from assay.data.columns._column import SOLE_INPUT_KINDS, Column
from assay.records import Finding

__all__ = ["target_copy"]

COPY_CORRELATION = 0.999
"""Honest measurements correlate less; beyond this, a column restates the target."""

COPY_ACCURACY = 0.995
"""Balanced accuracy of a single column on held-out rows, beyond which it is a copy.

The best single column of the built-in sets reaches 0.96 (iris, petal width)."""

MIN_COPY_ROWS = 50
"""With fewer rows, an honest column separates the classes too often by chance."""

MAX_COPY_ROWS = 20_000
"""Rows examined; more do not change the answer."""


def target_copy(context: CheckContext) -> list[Finding]:
    """Name columns that predict the target all by themselves.

    Only rows outside the test part are used: what one half of them teaches about a
    column is tested on the other half.
    """
    dataset = context.dataset
    rows = context.known_rows
    columns = [c for c in context.features if c.kind not in SOLE_INPUT_KINDS]
    if len(rows) > MAX_COPY_ROWS:
        rows = rows[:: -(-len(rows) // MAX_COPY_ROWS)]
    if len(rows) < MIN_COPY_ROWS or not columns:
        return []
    # Files are often sorted, so the rows are shuffled; always in the same way.
    rows = np.random.default_rng(0).permutation(rows)
    target = dataset.target[rows]
    if dataset.task.kind == "regression":
        measure, bound = correlation, COPY_CORRELATION
        measure_name = "correlation with the target"
    else:
        measure, bound = accuracy, COPY_ACCURACY
        measure_name = "balanced accuracy on its own"
    findings = []
    frame = dataset.frame.select(column.name for column in columns)[rows]
    for column in columns:
        score = measure(frame[column.name], target)
        if score >= bound:
            findings.append(_finding(column, measure_name, score, bound))
    return findings


def _finding(column: Column, measure_name: str, score: float, bound: float) -> Finding:
    return Finding(
        "target_copy",
        "warning",
        f"{column.name!r} alone predicts the target almost perfectly ({measure_name}: "
        f"{score:.4f}). It may be recorded after the target is known, or be the target "
        "itself.",
        numbers={
            "column": column.name,
            "measure": measure_name,
            "value": score,
            "bound": bound,
        },
        remedy=f"Unless it is known before the target is: ignore=[{column.name!r}].",
    )


def correlation(values: pl.Series, target: np.ndarray) -> float:
    """Return how closely a column follows a quantity, from 0 to 1.

    It is the correlation of the values or that of the ranks, whichever is larger. Of
    categories, it is the correlation on the second half of the rows with the means of
    the target on the first half.
    """
    if not _is_ordered(values):
        half = len(values) // 2
        first = pl.DataFrame({"x": values[:half].cast(pl.String), "y": target[:half]})
        means = first.group_by("x").agg(pl.col("y").mean())
        second = pl.DataFrame({"x": values[half:].cast(pl.String)})
        predicted = second.join(means, on="x", how="left", maintain_order="left")["y"]
        return _pearson(predicted.to_numpy(), target[half:])
    numbers = values.to_physical().cast(pl.Float64)
    by_rank = _pearson(numbers.rank().to_numpy(), pl.Series(target).rank().to_numpy())
    return max(by_rank, _pearson(numbers.to_numpy(), target))


def accuracy(values: pl.Series, target: np.ndarray) -> float:
    """Return the balanced accuracy of a column alone on the second half of the rows.

    A number is given the class of the nearest number in the first half, a category the
    most frequent class of its rows there; likewise a missing value.
    """
    half = len(target) // 2
    known = values.is_not_null().to_numpy()
    predicted = np.full(len(target) - half, np.bincount(target[:half]).argmax())
    if known[:half].sum() > 1:
        predict = _class_of_nearest if _is_ordered(values) else _class_of_same
        seen, new = values[:half].drop_nulls(), values[half:].drop_nulls()
        predicted[known[half:]] = predict(seen, target[:half][known[:half]], new)
    if not known[:half].all():
        of_missing = target[:half][~known[:half]]
        predicted[~known[half:]] = np.bincount(of_missing).argmax()
    is_right = predicted == target[half:]
    classes = np.unique(target[half:])
    return float(np.mean([is_right[target[half:] == c].mean() for c in classes]))


def _is_ordered(values: pl.Series) -> bool:
    return values.dtype.is_numeric() or values.dtype.is_temporal()


def _class_of_nearest(
    seen: pl.Series, classes: np.ndarray, new: pl.Series
) -> np.ndarray:
    seen_numbers = seen.to_physical().cast(pl.Float64).to_numpy()
    numbers = new.to_physical().cast(pl.Float64).to_numpy()
    order = np.argsort(seen_numbers, kind="stable")
    ordered = seen_numbers[order]
    right = np.clip(np.searchsorted(ordered, numbers), 1, len(ordered) - 1)
    is_left_nearer = numbers - ordered[right - 1] <= ordered[right] - numbers
    return classes[order][np.where(is_left_nearer, right - 1, right)]


def _class_of_same(seen: pl.Series, classes: np.ndarray, new: pl.Series) -> np.ndarray:
    num_classes = int(classes.max()) + 1
    votes: dict[str, np.ndarray] = {}
    for value, label in zip(seen.cast(pl.String), classes, strict=True):
        votes.setdefault(value, np.zeros(num_classes, dtype=int))[label] += 1
    class_of = {value: int(counts.argmax()) for value, counts in votes.items()}
    most_frequent = int(np.bincount(classes).argmax())
    return np.array(
        [class_of.get(value, most_frequent) for value in new.cast(pl.String)]
    )


def _pearson(values: np.ndarray, target: np.ndarray) -> float:
    known = ~np.isnan(values)
    values, target = values[known], target[known]
    if len(values) < MIN_COPY_ROWS // 2 or np.ptp(values) == 0 or np.ptp(target) == 0:
        return 0.0
    # Scaled first, so that squares of very large numbers do not overflow.
    scaled = values / np.abs(values).max()
    if scaled.std() == 0:
        return 0.0
    return float(abs(np.corrcoef(scaled, target)[0, 1]))
