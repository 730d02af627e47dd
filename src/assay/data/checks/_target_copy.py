"""A check for columns that predict the target on their own."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from assay.data.checks._context import CheckContext
from assay.data.columns._column import SOLE_INPUT_KINDS
from assay.data.table._array_cells import to_sequences
from assay.records import Finding

__all__ = ["target_copy"]

COPY_CORRELATION = 0.999
"""A column with at least this correlation with the target counts as a copy of it."""

COPY_ACCURACY = 0.985
"""A column with at least this balanced accuracy on held-out rows counts as a copy.

The best single column in the built-in data sets reaches 0.96 (petal width in iris). If
rows are sorted by class, a column of row numbers reaches 0.99, because its predictions
are wrong only near the boundaries between classes.
"""

MIN_COPY_ROWS = 50
"""With fewer rows, an ordinary column often separates the classes by chance."""

MIN_IN_BOTH = 0.75
"""If at least this fraction of the rows has a value that also occurs in the other half,
the column contains categories or codes rather than measurements.
"""

MAX_COPY_ROWS = 20_000
"""Maximum number of rows to examine. More would not change the result."""


def target_copy(context: CheckContext) -> list[Finding]:
    """Report columns that predict the target on their own.

    Only rows outside the test set are used. They are divided into two halves, and each
    half is predicted from the other.
    """
    dataset = context.dataset
    rows = context.known_rows
    if len(rows) > MAX_COPY_ROWS:
        rows = rows[:: -(-len(rows) // MAX_COPY_ROWS)]
    if len(rows) < MIN_COPY_ROWS:
        return []
    # The rows are shuffled with a fixed seed, because files are often sorted.
    rows = np.random.default_rng(0).permutation(rows)
    target = dataset.target[rows]
    if dataset.task.kind == "regression":
        measure, bound = correlation, COPY_CORRELATION
        measure_name = "correlation with the target"
    else:
        measure, bound = accuracy, COPY_ACCURACY
        measure_name = "balanced accuracy on its own"
    findings = []
    for values in _inputs(context, rows):
        score = measure(values, target)
        if score >= bound:
            findings.append(_finding(values.name, measure_name, score, bound))
    return findings


def _inputs(context: CheckContext, rows: np.ndarray) -> Iterator[pl.Series]:
    """Yield inputs with one value per row, and channels constant within each series."""
    dataset = context.dataset
    for column in context.features:
        cells = dataset.frame[column.name]
        if column.kind not in SOLE_INPUT_KINDS:
            yield cells[rows]
        elif column.kind == "sequence" and dataset.layout.channels:
            steps, lengths = to_sequences(cells[rows])
            first = steps[np.cumsum(lengths) - lengths]
            is_constant = (steps == np.repeat(first, lengths, axis=0)).all(axis=0)
            for channel in np.flatnonzero(is_constant):
                yield pl.Series(dataset.layout.channels[channel], first[:, channel])


def _finding(name: str, measure_name: str, score: float, bound: float) -> Finding:
    return Finding(
        "target_copy",
        "warning",
        f"{name!r} alone predicts the target almost perfectly ({measure_name}: "
        f"{score:.4f}). It may be recorded after the target is known, or it may be the "
        "target itself.",
        numbers={
            "column": name,
            "measure": measure_name,
            "value": score,
            "bound": bound,
        },
        remedy=f"Unless its value is known before the target, write ignore=[{name!r}].",
    )


def correlation(values: pl.Series, target: np.ndarray) -> float:
    """Return how closely a column determines a numeric target, from 0 to 1.

    The result is the largest of three correlations with the target: those of the
    values, of their ranks, and of predictions of each half of the rows from the other.
    The predictions also detect nonlinear functions of a number and differences between
    category means.
    """
    scores = [
        _pearson(predicted, target[new])
        for seen, new in _halves(len(target))
        for predicted in [_mean_near(values[seen], target[seen], values[new])]
    ]
    score = float(np.mean(scores))
    if not _is_ordered(values):
        return score
    numbers = values.to_physical().cast(pl.Float64)
    by_rank = _pearson(numbers.rank().to_numpy(), pl.Series(target).rank().to_numpy())
    return max(score, by_rank, _pearson(numbers.to_numpy(), target))


def accuracy(values: pl.Series, target: np.ndarray) -> float:
    """Return the balanced accuracy of predictions from a single column.

    Each half of the rows is predicted from the other half. For a number, the class of
    the nearest number is predicted. For a category or a missing value, the most
    frequent class among rows with the same value is predicted. If most values occur in
    both halves, as codes do, the other values are left out.
    """
    predicted = np.empty(len(target), dtype=int)
    in_both = np.empty(len(target), dtype=bool)
    for seen, new in _halves(len(target)):
        predicted[new] = _class_near(values[seen], target[seen], values[new])
        in_both[new] = values[new].is_in(values[seen].implode(), nulls_equal=True)
    is_right = predicted == target
    classes = np.unique(target)
    if in_both.mean() < MIN_IN_BOTH or len(np.unique(target[in_both])) < len(classes):
        in_both[:] = True
    return float(np.mean([is_right[in_both & (target == c)].mean() for c in classes]))


def _halves(num_rows: int) -> list[tuple[slice, slice]]:
    first, second = slice(0, num_rows // 2), slice(num_rows // 2, None)
    return [(first, second), (second, first)]


def _mean_near(seen: pl.Series, target: np.ndarray, new: pl.Series) -> np.ndarray:
    """Predict the targets (n,) of new values by interpolation or by category."""
    known = pl.DataFrame({"x": seen, "y": target}).drop_nulls()
    means = known.group_by("x").agg(pl.col("y").mean()).sort("x")
    if not _is_ordered(seen) or means.height < 2:
        new_frame = new.alias("x").to_frame()
        return new_frame.join(means, on="x", how="left", maintain_order="left")[
            "y"
        ].to_numpy()
    return np.interp(_numbers(new), _numbers(means["x"]), means["y"].to_numpy())


def _class_near(seen: pl.Series, classes: np.ndarray, new: pl.Series) -> np.ndarray:
    """Predict the classes (n,) of new values."""
    known, new_known = _is_known(seen), _is_known(new)
    predicted = np.full(len(new), np.bincount(classes).argmax())
    if known.sum() > 1:
        predict = _class_of_nearest if _is_ordered(seen) else _class_of_same
        predicted[new_known] = predict(
            _without_nulls(seen), classes[known], _without_nulls(new)
        )
    if not known.all():
        predicted[~new_known] = np.bincount(classes[~known]).argmax()
    return predicted


def _is_known(values: pl.Series) -> np.ndarray:
    # Counting is much faster than `is_not_null`, and tables may have many columns.
    if not values.null_count():
        return np.ones(len(values), dtype=bool)
    return values.is_not_null().to_numpy()


def _without_nulls(values: pl.Series) -> pl.Series:
    return values.drop_nulls() if values.null_count() else values


def _numbers(values: pl.Series) -> np.ndarray:
    if values.dtype != pl.Float64:
        values = values.to_physical().cast(pl.Float64)
    return values.to_numpy()


def _is_ordered(values: pl.Series) -> bool:
    return values.dtype.is_numeric() or values.dtype.is_temporal()


def _class_of_nearest(
    seen: pl.Series, classes: np.ndarray, new: pl.Series
) -> np.ndarray:
    seen_numbers, numbers = _numbers(seen), _numbers(new)
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
    # Scaling first prevents the squares of very large numbers from overflowing.
    scaled = values / np.abs(values).max()
    if scaled.std() == 0:
        return 0.0
    return float(abs(np.corrcoef(scaled, target)[0, 1]))
