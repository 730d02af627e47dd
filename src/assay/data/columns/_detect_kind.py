"""Detects the kind of a column, and converts its values."""

from dataclasses import replace

import numpy as np
import polars as pl

from assay._errors import InputError
from assay.data.columns._column import ARRAY_KINDS, USED_KINDS, Column
from assay.data.columns._exclude import exclude_useless
from assay.data.columns._parse import (
    MISSING_WORDS,
    Reading,
    is_readable,
    is_rewritten,
    read_as,
    tidy,
)
from assay.data.columns._text_kind import (
    MAX_LARGE_SHARE,
    TOO_MANY_DIGITS,
    kind_of_text,
    style_of_numbers,
)
from assay.data.columns._wording import counted, shown_cell, why_unreadable
from assay.data.columns.formats._number_texts import first_other_cell
from assay.data.columns.formats._numbers import (
    example_of_points,
    has_decimal_commas,
    is_too_large,
)
from assay.data.columns.formats._style import (
    DECIMAL_COMMA,
    Style,
    describe_style,
    split_style,
)
from assay.data.columns.formats._units import without_unit
from assay.data.columns.formats.dates._date_style import date_style
from assay.data.columns.formats.dates._moments import with_offsets
from assay.data.table._array_cells import holds_cells, read_cells

__all__ = ["read_column", "with_stray"]

_FIRST_CELLS = 1_000


def read_column(
    cells: pl.Series, kind: str | None = None, *, decimal_commas: bool = False
) -> tuple[pl.Series, Column]:
    """Return the typed values and the description of a column.

    Args:
        cells: the column before conversion.
        kind: the kind set by the user, one of `KINDS`; None to detect it.
        decimal_commas: whether other columns of the table have decimal commas.

    Example:
        >>> read_column(pl.Series("size", ["1", "2", "?"]))[1].kind
        'number'
    """
    if holds_cells(cells) and (kind is None or kind in ARRAY_KINDS):
        arrays, kind, reason = read_cells(cells, kind)
        return arrays, Column(cells.name, kind, reason, 0, arrays.n_unique())
    if not is_readable(cells):
        reason = why_unreadable(cells)
        return cells, Column(
            cells.name, "unusable", reason, cells.null_count(), len(cells)
        )
    if kind in ARRAY_KINDS:
        raise InputError(_no_arrays(cells, kind))
    are_categories = cells.dtype in (pl.Categorical, pl.Enum)
    cells = tidy(cells)
    if kind is not None:
        return _read_as_set(cells, kind, decimal_commas)
    style = ""
    if are_categories:
        reading, kind, reason = read_as(cells, "category"), "category", "categories"
    elif cells.dtype == pl.String:
        cells = _without_missing_words(cells)
        reading, kind, reason, style = kind_of_text(cells, decimal_commas)
    else:
        style = with_offsets(cells)
        reading, kind, reason = _from_values(cells, style)
    column = _describe(reading, kind, reason)
    column = replace(
        column,
        style=style,
        rewritten=_example_rewritten(cells, kind, style),
        ambiguous=_example_of_points(cells, kind, style),
    )
    [column] = exclude_useless([column], [reading.values])
    return reading.values, column


def _example_rewritten(cells: pl.Series, kind: str, style: str) -> str:
    for some in (cells.head(_FIRST_CELLS), cells):  # try a few cells first
        rewritten = some.filter(is_rewritten(some, kind, style))
        if style.startswith(DECIMAL_COMMA):  # prefer an example with a decimal comma
            commas = rewritten.filter(has_decimal_commas(rewritten))
            rewritten = commas if len(commas) else rewritten
        if len(rewritten):
            return str(rewritten[0])
    return ""


def _example_of_points(cells: pl.Series, kind: str, style: str) -> str:
    decimals, unit = split_style(style)
    if cells.dtype != pl.String or kind != "number" or decimals:
        return ""
    return example_of_points(without_unit(cells, unit) if unit else cells)


def _no_arrays(cells: pl.Series, kind: str) -> str:
    row = first_other_cell(cells) if cells.dtype == pl.String else None
    if kind == "sequence" and row is not None:
        return (
            f"Each cell of {cells.name!r} must be a list of numbers, such as "
            f"'[0.5, 1, nan]', but row {row} contains {shown_cell(cells[row])}. "
            f"Correct such cells, or do not read {cells.name!r} as a sequence."
        )
    return (
        f"{cells.name!r} must contain {kind}s, but its cells have type {cells.dtype}. "
        "Pass arrays or lists of numbers; for images, file paths or bytes also work."
    )


def _read_as_set(
    cells: pl.Series, kind: str, decimal_commas: bool
) -> tuple[pl.Series, Column]:
    if kind not in USED_KINDS:
        reading = _without_stray(cells)
        return reading.values, _describe(reading, kind, "set by the user")
    style = Style()
    if cells.dtype == pl.String and kind == "number":
        style = style_of_numbers(cells, decimal_commas)
    elif cells.dtype == pl.String and kind == "date":
        style = date_style(cells)
    if kind == "date":
        style = replace(style, name=with_offsets(cells, style.name))
    reading = read_as(cells, kind, style.name)
    nothing_read = reading.values.null_count() == len(cells)
    if style.problem and nothing_read:
        raise InputError(f"{cells.name!r} cannot be read: {style.problem}.")
    if nothing_read and reading.stray.any():
        example = cells.filter(reading.stray)[0]
        raise InputError(
            f"{cells.name!r} contains no {kind}s, only cells such as {example!r}. Set "
            f"another kind, or leave {cells.name!r} out of kinds."
        )
    column = _describe(reading, kind, "set by the user")
    ambiguous = _example_of_points(cells, kind, style.name)
    return reading.values, replace(column, style=style.name, ambiguous=ambiguous)


def _without_stray(values: pl.Series) -> Reading:
    return Reading(values, pl.Series(np.zeros(len(values), dtype=bool)))


def _describe(reading: Reading, kind: str, reason: str) -> Column:
    values, num_stray = reading.values, int(reading.stray.sum())
    reason = with_stray(reason, num_stray)
    num_missing = values.null_count()
    num_distinct = values.n_unique() - int(num_missing > 0)
    return Column(values.name, kind, reason, num_missing, num_distinct, num_stray)


def with_stray(reason: str, num_stray: int) -> str:
    """Add the number of stray cells to the reason for the kind of a column."""
    if not num_stray:
        return reason
    return f"{reason}; {counted(num_stray, 'other cell')} treated as missing"


def _without_missing_words(cells: pl.Series) -> pl.Series:
    """Replace the cells with null if every word in the column means "no value"."""
    words = cells.drop_nulls()
    if len(words) and words.is_in(MISSING_WORDS).all():
        return pl.Series(cells.name, [None] * len(cells), dtype=pl.String)
    return cells


def _from_values(cells: pl.Series, style: str) -> tuple[Reading, str, str]:
    dtype = cells.dtype
    if dtype == pl.Boolean:
        return read_as(cells, "boolean"), "boolean", "true and false"
    if dtype in (pl.Date, pl.Datetime):
        return read_as(cells, "date", style), "date", f"dates{describe_style(style)}"
    reading = read_as(cells, "number")
    num_values = len(cells) - cells.null_count()
    if is_too_large(cells).sum() > MAX_LARGE_SHARE * num_values:
        return read_as(cells, "category"), "category", TOO_MANY_DIGITS
    return reading, "number", "numbers"
