"""Reads many columns of numbers mixed with other cells, such as "<0.5", at once."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from assay.data.columns._parse import Reading, is_rewritten, read_as
from assay.data.columns._text_kind import MOSTLY, differ, kind_of_mixture
from assay.data.columns.formats._amounts import base_units
from assay.data.columns.formats._notations import ordinary_notation
from assay.data.columns.formats._number_style import may_need_separators
from assay.data.columns.formats._numbers import LEADING_ZERO, is_too_large
from assay.data.columns.formats._units import MIN_WITH_UNIT, is_ordinal, units_of
from assay.data.columns.together._stacked import MAX_ROWS, Stacked, Typed
from assay.data.columns.together._styled import choose
from assay.data.columns.together._styled_numbers import (
    have_comma_numbers_only,
    have_doubtful_points,
    have_mixed_clocks,
)

__all__ = ["mixed_values"]


def mixed_values(columns: Sequence[pl.Series], decimal_commas: bool) -> Iterator[Typed]:
    """Yield the columns in which some cells are not numbers and none are dates.

    Columns whose numbers may need a style are left to `read_column`.

    Args:
        columns: text columns of the same length.
        decimal_commas: whether any columns of the table have decimal commas.
    """
    if len(columns) < 2 or len(columns[0]) >= MAX_ROWS:
        return
    columns = choose(columns, _have_no_style(Stacked(columns), decimal_commas))
    if not columns:
        return
    stacked = Stacked(columns)
    text, count = stacked.text, stacked.count
    numbers = read_as(text, "number")
    num_numbers = count(numbers.values.is_not_null())
    most = MOSTLY * stacked.num_values
    are_mixed = count(read_as(text, "boolean").stray) > 0
    are_mixed &= count(read_as(text, "date").values.is_not_null()) == 0
    mostly = are_mixed & (num_numbers >= most)
    yield from _numbers(stacked, numbers, mostly)
    examples = stacked.first(numbers.stray)
    for position in np.flatnonzero(are_mixed & ~mostly).tolist():
        cells, num = stacked.part(text, position), int(num_numbers[position])
        yield Typed(
            cells,
            *kind_of_mixture(num, most[position], differ(cells), examples[position]),
        )


def _have_no_style(stacked: Stacked, decimal_commas: bool) -> np.ndarray:
    """Return a mask of the columns whose numbers need no style from `number_style`."""
    cells, count = ordinary_notation(stacked.values), stacked.count
    need_style = count(may_need_separators(cells)) > 0
    need_style |= have_mixed_clocks(stacked)
    num_units = stacked.largest_counts(units_of(cells))
    need_style |= num_units >= MIN_WITH_UNIT * stacked.num_values
    need_style |= count(is_ordinal(cells)) == stacked.num_values
    need_style |= np.array(base_units(cells, len(stacked.columns))) != ""
    if decimal_commas:
        need_style |= have_comma_numbers_only(stacked, cells)
    return ~need_style


def _numbers(stacked: Stacked, numbers: Reading, chosen: np.ndarray) -> Iterator[Typed]:
    """Yield the columns of numbers with a few stray cells."""
    text, count = stacked.text, stacked.count
    chosen = chosen & (count(text.str.contains(LEADING_ZERO)) == 0)
    chosen &= count(is_too_large(text)) == 0
    chosen &= ~have_doubtful_points(stacked, "")
    num_stray = count(numbers.stray)
    examples = stacked.first(is_rewritten(text, "number"))
    for position in np.flatnonzero(chosen).tolist():
        yield Typed(
            stacked.part(numbers.values, position),
            "number",
            "numbers",
            rewritten=examples[position],
            num_stray=int(num_stray[position]),
        )
