"""Joins the rows of a long table, which has one row per time step, into series."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, did_you_mean, fault, one_column
from assay._terminal import on_one_line
from assay.data.columns._detect_kind import read_column
from assay.data.columns._parse import is_readable, read_as, tidy
from assay.data.columns._select import hint_on_index
from assay.data.columns._wording import affected_rows, how_to_write_numbers
from assay.data.columns.formats._number_style import number_style, uses_decimal_commas
from assay.data.columns.formats._numbers import with_equal_numbers
from assay.data.columns.formats._style import (
    DECIMAL_COMMA,
    THOUSANDS_POINTS,
    describe_style,
)
from assay.data.sources.formats._series_order import in_order
from assay.data.table._array_cells import Sequences, sequence_cells
from assay.data.table._array_options import Layout

__all__ = ["SERIES", "check_channels", "ignored_channels", "join_series"]

SERIES = "series"
"""Name of the column that contains the series."""

_SHOWN = 5  # maximum number of series listed in a message


def join_series(
    frame: pl.DataFrame,
    layout: Layout,
    keep: Sequence[str] = (),
    notes: Sequence[str] = (),
    *,
    called: str = "The source",
    separator: str = "",
) -> tuple[pl.DataFrame, Layout, list[str]]:
    """Return a table with one row per series, the layout with its channels, and notes.

    Series are in the order of their first rows. Every column of numbers becomes a
    channel, except row numbers and the columns in `keep`. If the layout already
    specifies the channels, only those columns are used, in that order. Any other column
    that is constant within every series remains a column.

    Args:
        frame: one row for each time step of each series.
        layout: options with the series column, the time column if rows are not in
            order, and the channels if a model or a training set determines them.
        keep: columns that must be constant within each series, such as the target.
        notes: notes from the reader, which may name the index of a pandas frame.
        called: name of the source in messages about missing channels.
        separator: character between the cells of a delimited file.

    Raises:
        InputError: columns are missing, a time step is repeated, or a kept column
            changes within a series.
    """
    name, time = str(layout.series_column), layout.time_column
    faults = Faults()
    _check_names(frame, layout, notes, faults, called=called)
    frame = frame.with_columns(tidy(frame[name]))  # "1" and " 1" name the same series
    _check_whole(frame, name, faults)
    _check_numbers(frame, layout, faults)
    if not layout.channels:  # otherwise, the styles were determined in training
        in_table = uses_decimal_commas(frame, separator)
        layout = _with_styles(frame, layout, (name, *keep), in_table)
    frame = frame.with_columns(
        read_as(frame[column], "number", DECIMAL_COMMA).values
        for column in layout.decimal_commas
    )
    frame = in_order(frame, name, time, faults)
    others = [c for c in frame.columns if c not in (name, time)]
    frame = _filled(frame, name, [c for c in keep if c in others])
    constant = {c: _is_constant(frame, name, c) for c in others}
    for column in keep:
        if column in constant and not constant[column].all():
            faults.add(_changing(frame, name, column, constant[column]))
    faults.raise_if_any()
    numbers = [c for c in others if c not in keep and _is_number(frame[c])]
    channels = layout.channels or tuple(
        c for c in numbers if read_column(frame[c])[1].kind != "id"
    )
    channels = channels or tuple(numbers)
    if not channels:
        typos = [note for c in others if (note := _note_on_typos(frame[c]))]
        fix = " ".join(typos) or (
            "Add a numeric column in addition to the series, time and target columns."
        )
        raise InputError(fault("num_channels >= 1", "num_channels", 0, fix))
    rest = [c for c in others if c not in channels]
    kept = [c for c in rest if c in keep or constant[c].all()]
    dropped = [c for c in rest if c not in kept]
    told = _notes(name, channels, layout.decimal_commas, dropped)
    told += [note for c in dropped if (note := _note_on_typos(frame[c]))]
    first = frame.unique(name, keep="first", maintain_order=True).select(name, *kept)
    if SERIES in first.columns:
        first = first.rename({SERIES: f"{SERIES} name"})
    examples = first.with_columns(_cells(frame, name, channels))
    return examples, replace(layout, channels=channels), told


def ignored_channels(
    frame: pl.DataFrame, layout: Layout, target: str, ignore: Sequence[str]
) -> list[str]:
    """Return the ignored columns that would become channels of a long table."""
    keys = (layout.series_column, layout.time_column, target)
    names = [name for name in ignore if name in frame.columns and name not in keys]
    return [name for name in names if _is_number(frame[name])]


def _notes(
    name: str,
    channels: Sequence[str],
    decimal_commas: Sequence[str],
    dropped: Sequence[str],
) -> list[str]:
    """Return notes on how the series were joined."""
    notes = [
        f"Rows are joined into series by {name!r}, with channels {_listed(channels)}."
    ]
    if decimal_commas:
        notes.append(f"Commas are decimal separators in {_listed(decimal_commas)}.")
    if dropped:
        notes.append(
            f"Columns that vary within series are not used: {_listed(dropped)}."
        )
    return notes


def check_channels(
    wanted: Sequence[str], names: Sequence[str], faults: Faults, called: str
) -> None:
    """Add a fault for each channel that a source lacks."""
    for channel in wanted:
        if channel not in names:
            faults.add(
                f"{called} lacks the channel {channel!r}. Add it, or rename one of "
                f"{_listed(names)}.{did_you_mean(channel, names)}"
            )


def _check_names(
    frame: pl.DataFrame,
    layout: Layout,
    notes: Sequence[str],
    faults: Faults,
    *,
    called: str,
) -> None:
    """Raise an InputError unless all columns named in the layout exist."""
    names = frame.columns
    for argument in ("series_column", "time_column"):
        column = getattr(layout, argument)
        if column is not None and column not in names:
            fix = _how_to_name(argument, column, names, notes)
            faults.add(fault(f"{argument} in columns", argument, column, fix))
    check_channels(layout.channels, names, faults, called)
    faults.raise_if_any()


def _how_to_name(
    argument: str, column: str, names: Sequence[str], notes: Sequence[str]
) -> str:
    parts = [part.strip(" '\"[]()") for part in column.split(",")]
    if len(parts) > 1 and set(parts) <= set(names):
        return one_column(argument, parts)
    hint = hint_on_index(notes, [column]) or did_you_mean(column, names)
    return f"The columns are {_listed(names)}.{hint}"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(on_one_line, names))


def _check_numbers(frame: pl.DataFrame, layout: Layout, faults: Faults) -> None:
    """Add a fault for each known channel that contains text other than numbers."""
    for channel in layout.channels:
        style = DECIMAL_COMMA if channel in layout.decimal_commas else ""
        rows = read_as(frame[channel], "number", style).stray.arg_true()
        if len(rows):
            fix = how_to_write_numbers(frame[channel][rows])
            form = describe_style(style) + ", as in training" * bool(style)
            faults.add(
                f"{channel!r} must contain numbers{form}, but got "
                f"{frame[channel][rows[0]]!r}. {affected_rows(len(rows), rows[0])} "
                f"{fix}, or leave them empty."
            )


def _note_on_typos(column: pl.Series) -> str:
    """Return a note if most cells of an unused column contain numbers."""
    if column.dtype != pl.String:
        return ""
    cells = column.drop_nulls()
    stray = cells.filter(read_as(cells, "number").stray)
    if not len(stray) or 2 * cells.str.contains(r"\d").sum() < len(cells):
        return ""
    return (
        f"To use {column.name!r} as a channel, replace cells such as {stray[0]!r} with "
        "numbers."
    )


def _with_styles(
    frame: pl.DataFrame, layout: Layout, others: Sequence[str], in_table: bool
) -> Layout:
    """Return the layout with the names of the columns that have decimal commas."""
    columns = [c for c in frame.get_columns() if c.name not in others]
    commas = tuple(c.name for c in columns if _has_decimal_commas(c, in_table))
    return replace(layout, decimal_commas=commas)


def _has_decimal_commas(column: pl.Series, in_table: bool) -> bool:
    if column.dtype != pl.String:
        return False
    style = number_style(tidy(column).drop_nulls(), in_table)
    if style.name not in (DECIMAL_COMMA, THOUSANDS_POINTS):
        return False  # '.' separates thousands in both styles
    return not read_as(column, "number", DECIMAL_COMMA).stray.any()


def _check_whole(frame: pl.DataFrame, name: str, faults: Faults) -> None:
    missing = frame[name].is_null()
    if missing.any():
        rule = f"num_missing[{name!r}] == 0"
        fix = (
            f"Row {missing.arg_true()[0]} is the first row without a value. Fill in "
            "the missing values."
        )
        faults.add(fault(rule, "num_missing", int(missing.sum()), fix))


def _cells(frame: pl.DataFrame, name: str, channels: Sequence[str]) -> pl.Series:
    """Return the series in a sorted frame as one column."""
    numbers = frame.select(
        read_as(frame[c], "number").values.cast(pl.Float32) for c in channels
    )
    lengths = frame[name].rle().struct.field("len").to_numpy().astype(np.int64)
    values = numbers.to_numpy().reshape(-1, len(channels))
    return sequence_cells(SERIES, Sequences(values, lengths))


def _filled(frame: pl.DataFrame, name: str, columns: Sequence[str]) -> pl.DataFrame:
    """Copy values that occur in only some rows of a series to all of its rows.

    For example, some tables contain the target only in the first row of each series.
    """
    sparse = [c for c in columns if is_readable(frame[c]) and frame[c].has_nulls()]
    return frame.with_columns(
        pl.when(pl.col(c).drop_nulls().n_unique().over(name) == 1)
        .then(pl.col(c).fill_null(pl.col(c).drop_nulls().first().over(name)))
        .otherwise(pl.col(c))
        .alias(c)
        for c in sparse
    )


def _is_constant(frame: pl.DataFrame, name: str, column: str) -> pl.Series:
    """Return, for each series, whether the column has a single value."""
    if not is_readable(frame[column]):
        return pl.Series([False])
    values = tidy(frame[column])
    if values.dtype == pl.String:
        values = with_equal_numbers(values)
    frame = frame.select(name, values.alias(column))
    counts = frame.group_by(name, maintain_order=True).agg(pl.col(column).n_unique())
    return counts[column] == 1


def _changing(frame: pl.DataFrame, name: str, column: str, constant: pl.Series) -> str:
    """Return the fault message for a column that changes within series."""
    names = frame[name].unique(maintain_order=True).filter(~constant)
    fix = f"{column!r} changes in these series: {names[:_SHOWN].to_list()}. Write the "
    fix += "same value in all rows of a series, or choose another series column."
    rule = "num_changing == 0"
    return fault(rule, "num_changing", len(names), fix)


def _is_number(column: pl.Series) -> bool:
    if not is_readable(column) or column.dtype.is_temporal():
        return False
    reading = read_as(column, "number")
    return not reading.stray.any() and reading.values.null_count() < len(column)
