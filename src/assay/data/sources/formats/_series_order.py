"""Sorts the rows of a long table by series and time."""

import polars as pl

from assay._errors import Faults, fault
from assay.data.columns._parse import is_readable, read_as, tidy
from assay.data.columns._wording import shown_cell
from assay.data.columns.formats._numbers import has_decimal_commas
from assay.data.columns.formats._style import Style
from assay.data.columns.formats.dates._date_style import date_style

__all__ = ["in_order"]

_ROW, _TIME = "\0row", "\0time"  # temporary columns; a CSV header cannot contain NUL
_SHOWN = 5  # maximum number of series listed in a message
_MOST_CHANNELS = 1000  # more values are probably not channel names


def in_order(
    frame: pl.DataFrame, name: str, time: str | None, faults: Faults
) -> pl.DataFrame:
    """Sort rows by series, in the order of first appearance, then by time."""
    frame = frame.with_row_index(_ROW)
    first = pl.col(_ROW).min().over(name)
    if time is None:
        return frame.sort(first, _ROW).drop(_ROW)
    frame = frame.with_columns(_times(frame[time], faults).alias(_TIME))
    frame = frame.sort(first, _TIME, _ROW)
    repeated = frame.filter(pl.struct(name, _TIME).is_duplicated())
    if repeated.height and not faults.messages:
        names = repeated[name].unique(maintain_order=True).to_list()[:_SHOWN]
        fix = (
            f"{time!r} has repeated values in these series: {names}. Drop repeated "
            "rows. If several columns together identify a series, join them into one "
            "column."
        )
        fix += _hint_on_names(frame, name, time)
        rule = "num_repeated == 0"
        faults.add(fault(rule, "num_repeated", repeated.height, fix))
    return frame.drop(_ROW, _TIME)


def _hint_on_names(frame: pl.DataFrame, name: str, time: str) -> str:
    """Return how to give each channel a column if one column contains channel names."""
    columns = [c for c in frame.columns if c not in (_ROW, _TIME)]
    others = [c for c in columns if c not in (name, time)]
    numbers = [c for c in others if _is_numeric(frame[c])]
    for column in others if numbers else ():
        if column in numbers or frame[column].dtype not in (pl.String, pl.Categorical):
            continue
        few = 2 <= frame[column].n_unique() <= _MOST_CHANNELS
        if few and frame.select(name, _TIME, column).is_unique().all():
            index = [c for c in columns if c not in (column, numbers[-1])]
            return (
                f" If {column!r} contains channel names, write frame.pivot("
                f"{column!r}, index={index}, values={numbers[-1]!r})."
            )
    return ""


def _is_numeric(column: pl.Series) -> bool:
    return is_readable(column) and not read_as(column, "number").stray.any()


def _times(column: pl.Series, faults: Faults) -> pl.Series:
    """Return the times as numbers or dates, parsed from text if necessary."""
    style = date_style(tidy(column)) if column.dtype == pl.String else Style()
    kinds = (("number", ""), ("date", style.name))
    readings = [read_as(column, kind, name).values for kind, name in kinds]
    values = min(readings, key=pl.Series.null_count)
    if not values.null_count():
        return values
    rows = values.is_null().arg_true()
    row = int(rows[0])
    form = "Write dates as 2024-12-31"
    if column.dtype == pl.String and has_decimal_commas(column[rows]).any():
        form = "Write numbers with a decimal point"
    fix = f"Row {row} contains {shown_cell(column[row])}. {form}, and fill in missing "
    fix += "values."
    if style.problem:
        fix = f"{style.problem[0].upper()}{style.problem[1:]}."
    faults.add(f"Every row of {column.name!r} must contain a number or a date. {fix}")
    return column
