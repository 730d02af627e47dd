"""Reads many columns of numbers with units, signs or separators at once."""

from collections.abc import Iterator, Sequence

import numpy as np
import polars as pl

from assay.data.columns._parse import read_as
from assay.data.columns.formats._amounts import (
    BASE_UNITS,
    base_units,
    last_words,
    may_be_amounts,
)
from assay.data.columns.formats._durations import is_long_clock, is_short_clock
from assay.data.columns.formats._notations import ordinary_notation
from assay.data.columns.formats._number_style import MIN_WITNESSES
from assay.data.columns.formats._numbers import (
    ANY_SIGN,
    GROUP_OR_SMALL,
    LEADING_ZERO,
    NUMBER_START,
    Separators,
    has_other_points,
    has_several_points,
    is_too_large,
    rules_out_commas,
    without_signs,
)
from assay.data.columns.formats._style import (
    DECIMAL_COMMA,
    THOUSANDS_POINTS,
    split_style,
    with_unit,
)
from assay.data.columns.formats._units import (
    MIN_WITH_UNIT,
    is_ordinal,
    signs_of,
    units_of,
    without_unit,
)
from assay.data.columns.together._stacked import MAX_ROWS, Stacked, Typed
from assay.data.columns.together._styled import choose, with_style

__all__ = [
    "have_comma_numbers_only",
    "have_doubtful_points",
    "have_mixed_clocks",
    "styled_numbers",
]


def styled_numbers(
    columns: Sequence[pl.Series], decimal_commas: bool
) -> Iterator[Typed]:
    """Yield the columns of numbers with the same unit, sign or separator in all cells.

    Columns that could be read in several ways are left to `read_column`.

    Args:
        columns: text columns of the same length.
        decimal_commas: whether any columns of the table have decimal commas.
    """
    if len(columns) < 2 or len(columns[0]) >= MAX_ROWS:
        return
    stacked = Stacked(columns)
    is_number = read_as(stacked.text, "number").values.is_not_null()
    is_clear = stacked.count(is_number) == stacked.num_values
    is_clear &= stacked.count(stacked.text.str.contains(ANY_SIGN)) == 0
    is_clear &= not decimal_commas
    are_unclear = have_mixed_clocks(stacked)
    is_clear &= ~are_unclear
    yield from _in_style(choose(columns, is_clear), "")
    yield from _amounts(choose(columns, ~is_clear))
    units = _units(stacked)
    for unit in sorted({unit for unit in units if unit is not None}):
        have_unit = np.array([other == unit for other in units])
        have_unit &= ~is_clear & ~are_unclear
        group = choose(columns, have_unit)
        for decimals, part in _by_decimals(group, unit, decimal_commas):
            style = with_unit(decimals, unit) if unit else decimals
            yield from _in_style(part, style)


def _amounts(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the columns of amounts in several units, such as '1h 30m'."""
    if not columns:
        return
    stacked = Stacked(columns)
    cells = ordinary_notation(stacked.values)
    bases = np.array(base_units(cells, len(columns)))
    bases[stacked.count(cells.str.contains(ANY_SIGN)) > 0] = ""
    for base in BASE_UNITS:
        yield from _in_style(choose(columns, bases == base), with_unit("", base))


def _units(stacked: Stacked) -> list[str | None]:
    """Return the unit or sign of each column; "" if there is none, None if in doubt."""
    cells = ordinary_notation(stacked.values)
    units, signs = units_of(cells), signs_of(cells)
    unit_names, units_differ = stacked.common(units)
    sign_names, signs_differ = stacked.common(signs)
    _, words_differ = stacked.common(last_words(cells))
    is_doubtful = units_differ | signs_differ | words_differ
    is_doubtful |= stacked.count(may_be_amounts(cells)) > 0
    num_values = np.maximum(stacked.num_values, 1)
    is_doubtful |= stacked.count(is_ordinal(cells)) == num_values
    unit_share = stacked.count(units.is_not_null()) / num_values
    is_doubtful |= (0 < unit_share) & (unit_share < MIN_WITH_UNIT)
    percents = stacked.count(cells.str.contains("%", literal=True))
    is_doubtful |= (0 < percents) & (percents < num_values)
    return [
        None if doubt or (unit and sign and unit != sign) else unit or sign
        for unit, sign, doubt in zip(unit_names, sign_names, is_doubtful, strict=True)
    ]


def _by_decimals(
    columns: Sequence[pl.Series], unit: str, decimal_commas: bool
) -> Iterator[tuple[str, list[pl.Series]]]:
    """Yield each decimal format with the columns that use it.

    Columns that mix formats are omitted.
    """
    if not columns:
        return
    stacked = Stacked(columns)
    cells, count = ordinary_notation(stacked.values), stacked.count
    if unit:
        cells = without_unit(cells, unit)
    separators = Separators(cells)
    num_commas = count(separators.commas)
    num_decimal_commas = count(separators.decimal_commas)
    are_few = num_decimal_commas < MIN_WITNESSES * num_commas
    is_mixed = are_few & (count(separators.doubtful_commas) > 0)
    is_mixed |= count(separators.thousands) > 0
    is_mixed |= count(separators.decimal_points) > 0
    bare = without_signs(cells)
    points = (num_commas == 0) & (count(has_several_points(bare)) > 0)
    points &= count(has_other_points(bare)) == 0
    commas = (num_decimal_commas > 0) & ~is_mixed
    plain = (num_decimal_commas == 0) & ~points
    if decimal_commas:
        only_commas = have_comma_numbers_only(stacked, cells)
        commas |= only_commas
        points &= ~only_commas
        plain &= ~only_commas
    yield DECIMAL_COMMA, choose(columns, commas)
    yield THOUSANDS_POINTS, choose(columns, points)
    yield "", choose(columns, plain)


def have_mixed_clocks(stacked: Stacked) -> np.ndarray:
    """Return a mask of the columns with ambiguous durations, as in `clock_problem`."""
    num_short = stacked.count(is_short_clock(stacked.text))
    return (num_short > 0) & (stacked.count(is_long_clock(stacked.text)) > 0)


def have_comma_numbers_only(stacked: Stacked, cells: pl.Series) -> np.ndarray:
    """Return a mask of the columns whose cells can all be read with decimal commas."""
    separators = cells.str.contains(r"\d") & cells.str.contains("[.,]")
    have_separators = stacked.count(separators) > 0
    return have_separators & (stacked.count(rules_out_commas(cells)) == 0)


def _in_style(columns: Sequence[pl.Series], style: str) -> Iterator[Typed]:
    """Yield the columns whose numbers can be read unambiguously in the given style."""
    if not columns:
        return
    stacked = Stacked(columns)
    text, count = stacked.text, stacked.count
    chosen = (count(text.str.contains(r"\d")) > 0) & (count(is_too_large(text)) == 0)
    if not style:
        chosen &= count(text.str.contains(LEADING_ZERO)) == 0
    decimals, unit = split_style(style)
    if not decimals:
        chosen &= ~have_doubtful_points(stacked, unit)
    yield from with_style(choose(columns, chosen), "number", style)


def have_doubtful_points(stacked: Stacked, unit: str) -> np.ndarray:
    """Return a mask of the columns in which "." may be a thousands separator.

    The criterion is that of `example_of_points`.
    """
    text = without_unit(stacked.text, unit) if unit else stacked.text
    bare, count = without_signs(text), stacked.count
    is_number = bare.str.contains(NUMBER_START)
    num_numbers = count(is_number)
    num_points = count(is_number & bare.str.contains(".", literal=True))
    all_fit = count(is_number & bare.str.contains(GROUP_OR_SMALL)) == num_numbers
    return all_fit & (0 < num_points) & (num_points < num_numbers)
