"""Series from a long table: one row a moment, joined by the name of their series."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from assay._errors import Faults, did_you_mean, fault
from assay.data.columns._parse import is_readable, read_as
from assay.data.table._array_cells import Sequences, sequence_cells
from assay.data.table._array_options import Layout

__all__ = ["SERIES", "join_series"]

SERIES = "series"
"""Name of the column of series."""

_SHOWN = 5


def join_series(
    frame: pl.DataFrame, layout: Layout, keep: Sequence[str] = ()
) -> tuple[pl.DataFrame, tuple[str, ...], list[str]]:
    """Return a table with a row a series, its channels, and notes.

    Series stand in the order of their first rows.

    Every column of numbers becomes a channel; a column that is the same throughout
    every series, such as the target, stays a column.

    Args:
        frame: a row for each moment of each series.
        layout: names the column of the series, and that of the time if rows are not
            in order.
        keep: columns that must be the same throughout a series, as the target.

    Raises:
        InputError: columns are missing, a moment stands twice, a target changes.
    """
    name, time = str(layout.series_column), layout.time_column
    faults = Faults()
    for argument, column in (("series_column", name), ("time_column", time)):
        if column is not None and column not in frame.columns:
            fix = f"Columns: {', '.join(frame.columns)}."
            fix += did_you_mean(column, frame.columns)
            faults.add(fault(f"{argument} names a column", argument, column, fix))
    faults.raise_if_any()
    _check_whole(frame, name, faults)
    frame = _in_order(frame, name, time, faults)
    others = [c for c in frame.columns if c not in (name, time)]
    still = {c: _same_throughout(frame, name, c) for c in others}
    for column in keep:
        if column in still and not still[column].all():
            faults.add(_changing(frame, name, column, still[column]))
    faults.raise_if_any()
    kept = [c for c in others if c in keep]
    channels, left_out = [], []
    for column in others:
        if column in kept:
            continue
        if (
            column in layout.channels
            or not layout.channels
            and _is_number(frame[column])
        ):
            channels.append(column)
        else:
            (kept if still[column].all() else left_out).append(column)
    if not channels:
        fix = "A channel is a column of numbers beside the series, time and target."
        faults.add(fault("num_channels >= 1", "num_channels", 0, fix))
        faults.raise_if_any()
    first = frame.unique(name, keep="first", maintain_order=True).select(name, *kept)
    numbers = frame.select(
        read_as(frame[c], "number").values.cast(pl.Float32) for c in channels
    )
    lengths = frame[name].rle().struct.field("len").to_numpy().astype(np.int64)
    cells = sequence_cells(
        SERIES, Sequences(numbers.to_numpy().reshape(-1, len(channels)), lengths)
    )
    notes = [f"Series by {name!r}; channels: {', '.join(channels)}."]
    if left_out:
        notes.append(f"Left out, since they change: {', '.join(left_out)}.")
    if SERIES in first.columns:
        first = first.rename({SERIES: f"{SERIES} name"})
    return first.with_columns(cells), tuple(channels), notes


def _check_whole(frame: pl.DataFrame, name: str, faults: Faults) -> None:
    missing = frame[name].is_null()
    if missing.any():
        faults.add(
            fault(
                f"every row names its series in {name!r}",
                "num_missing",
                int(missing.sum()),
                f"The first without is row {missing.arg_true()[0]}.",
            )
        )


def _in_order(
    frame: pl.DataFrame, name: str, time: str | None, faults: Faults
) -> pl.DataFrame:
    """Sort rows by series, in the order of first appearance, then by time."""
    frame = frame.with_row_index("\0row")
    first = pl.col("\0row").min().over(name)
    if time is None:
        return frame.sort(first, "\0row").drop("\0row")
    moments = _moments(frame[time], faults)
    frame = frame.with_columns(moments.alias("\0time"))
    frame = frame.sort(first, "\0time", "\0row")
    twice = frame.filter(pl.struct(name, "\0time").is_duplicated())
    if twice.height and not faults.messages:
        shown = twice[name].unique(maintain_order=True).to_list()[:_SHOWN]
        faults.add(
            fault(
                "a series has each moment once",
                "num_repeated",
                twice.height,
                f"{time!r} repeats in these series: {shown}. Drop the repeated rows.",
            )
        )
    return frame.drop("\0row", "\0time")


def _moments(series: pl.Series, faults: Faults) -> pl.Series:
    """Return the times as numbers or dates; text is read as either."""
    for kind in ("number", "date"):
        reading = read_as(series, kind)
        if not reading.values.null_count():
            return reading.values
    faults.add(
        fault(
            "time_column holds numbers or dates",
            series.name,
            series[0],
            "Every row needs one; write dates as 2024-12-31.",
        )
    )
    return series


def _same_throughout(frame: pl.DataFrame, name: str, column: str) -> pl.Series:
    """Whether a column has one value in each series, by series."""
    if not is_readable(frame[column]):
        return pl.Series([False])
    counts = frame.group_by(name, maintain_order=True).agg(pl.col(column).n_unique())
    return counts[column] == 1


def _changing(frame: pl.DataFrame, name: str, column: str, same: pl.Series) -> str:
    """Word the fault of a column that must not change within a series, and does."""
    names = frame[name].unique(maintain_order=True)
    changing = names.filter(~same)
    return fault(
        f"{column!r} is the same throughout a series",
        "num_changing",
        len(changing),
        f"It changes in these series: {changing[:_SHOWN].to_list()}.",
    )


def _is_number(series: pl.Series) -> bool:
    if not is_readable(series) or series.dtype.is_temporal():
        return False
    reading = read_as(series, "number")
    return not reading.stray.any() and reading.values.null_count() < len(series)
