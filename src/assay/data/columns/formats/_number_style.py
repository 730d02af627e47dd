"""Detects the format of ambiguous numbers in a column, such as those with commas.

A cell such as '1,234' has two possible meanings, and the other cells in its column
determine which one applies. The style is determined in training and stored, so cells in
new rows are read in the same way, whatever else their column contains.
"""

import polars as pl

from assay.data.columns.formats._amounts import base_unit, has_mark, may_be_amounts
from assay.data.columns.formats._durations import clock_problem
from assay.data.columns.formats._notations import ordinary_notation
from assay.data.columns.formats._numbers import (
    ANY_SIGN,
    Separators,
    has_decimal_commas,
    has_several_points,
    has_thousands_points,
    rules_out_commas,
    without_signs,
)
from assay.data.columns.formats._style import (
    DECIMAL_COMMA,
    ORDINAL_ENDINGS,
    THOUSANDS_POINTS,
    Style,
    with_unit,
)
from assay.data.columns.formats._units import (
    is_ordinal,
    signs_of,
    unit_of,
    units_of,
    without_unit,
)
from assay.data.columns.formats.dates._dates import MONTH_NAME
from assay.data.columns.formats.dates._periods import MONTH_WITH_POINT
from assay.data.table._column_names import names_where

__all__ = [
    "MIN_WITNESSES",
    "may_need_separators",
    "may_need_style",
    "number_problem",
    "number_style",
    "uses_decimal_commas",
]

MIN_WITNESSES = 0.05
"""Minimum fraction of decimal commas that are not followed by exactly three digits.

Columns with decimal commas exceed this fraction, since one in ten numbers ends in a
zero, which is usually omitted. A smaller fraction suggests typos in a column with
thousands separators.
"""

_COMMA_DECIMALS = r"\d*,(?:\d{1,2}|\d{4,})\D*$|^\D*0,\d+\D*$"  # a decimal comma
_POINT_DECIMALS = r"^[+-]?(?:0?\.\d+|\d+\.(?:\d{1,2}|\d{4,}))\D*$"
_THREE_DECIMALS = r"^\D*\d+,\d{3}\D*$"
_SMALL = r"^\D*[1-9]\d{0,2}\D*$"
_MAY_BE_DECIMAL = rf"{_THREE_DECIMALS}|{_SMALL}|^\D*0\D*$"
_THOUSANDS = r"\d,\d{2,3}(?:,\d{3}|\.\d)"
_FIRST_ROWS = 1_000
_MAY_BE_STYLED_DATE = (
    rf"(?i)^\d{{1,2}}(?:[-/.]\d{{1,2}}[-/.]|[ -]{MONTH_NAME}[ -])\d{{2}}"
)


def may_need_style(cells: pl.Series) -> pl.Series:
    """Return a mask of the cells that may be ambiguous on their own.

    Example:
        >>> may_need_style(pl.Series(["3,5", "1/2/2024", "3 kg", "3.5"])).to_list()
        [True, True, True, False]
    """
    cells = ordinary_notation(cells)
    have_units = units_of(cells).is_not_null() | may_be_amounts(cells)
    return have_units | has_mark(cells) | may_need_separators(cells)


def may_need_separators(cells: pl.Series) -> pl.Series:
    """Return a mask of the dates, and of the numbers with signs or unclear separators.

    Example:
        >>> may_need_separators(pl.Series(["3,5", "$3", "1/2/24", "3 kg"])).to_list()
        [True, True, True, False]
    """
    dates = cells.str.contains(_MAY_BE_STYLED_DATE).fill_null(False)
    signs = cells.str.contains(ANY_SIGN).fill_null(False)
    return has_decimal_commas(cells) | has_several_points(cells) | dates | signs


def number_style(cells: pl.Series, decimal_commas: bool = False) -> Style:
    """Return the style of a column of numbers: its decimal separator and unit or sign.

    Example:
        >>> number_style(pl.Series(["3,5", "1,234", "2"])).name
        'decimal comma'
        >>> number_style(pl.Series(["1,234", "12,500"])).name
        ''
        >>> number_style(pl.Series(["3.5 kg", "12 kg"])).name
        'unit kg'
        >>> number_style(pl.Series(["$3.5", "12"])).name
        'unit USD'
        >>> number_style(pl.Series(["1st", "22nd"])).name
        'ordinal endings'

    Args:
        cells: text without words for "no value".
        decimal_commas: whether other columns of the table have decimal commas; if so,
            '1.234' and '1,234' are read with the separators of those columns.
    """
    cells = ordinary_notation(cells)
    if problem := number_problem(cells):
        return Style(problem=problem)
    known = cells.drop_nulls()
    if len(known) and is_ordinal(known).all():
        return Style(ORDINAL_ENDINGS)
    if base := base_unit(cells):
        return Style(with_unit("", base))
    unit = unit_of(cells) or _sign_of(cells)
    if unit:
        cells = without_unit(cells, unit)
    style = Style(DECIMAL_COMMA)
    if not (decimal_commas and _has_comma_numbers_only(cells)):
        style = _decimal_style(cells)
    if not unit:
        return style
    return style if style.problem else Style(with_unit(style.name, unit))


def uses_decimal_commas(frame: pl.DataFrame, separator: str = "") -> bool:
    """Return whether the numbers in a table have decimal commas.

    This requires at least one column with decimal commas and none with decimal points.
    If semicolons separate the cells, commas before three digits also count as decimal
    commas, because files with decimal points usually separate cells with commas.

    Args:
        frame: the table before conversion.
        separator: character between cells, if the file is delimited; "" otherwise.

    Example:
        >>> uses_decimal_commas(pl.DataFrame({"a": ["0,5", "2"], "b": ["x", "y"]}))
        True
        >>> uses_decimal_commas(pl.DataFrame({"a": ["0,5 kg"], "b": ["1.234 €"]}))
        True
        >>> uses_decimal_commas(pl.DataFrame({"a": ["0,125"], "b": ["1,250"]}))
        True
        >>> uses_decimal_commas(pl.DataFrame({"a": ["0,5"], "b": ["1.5 kg"]}))
        False
        >>> uses_decimal_commas(pl.DataFrame({"a": ["1,234", "2,500"]}))
        False
        >>> uses_decimal_commas(pl.DataFrame({"a": ["1,234", "2,500"]}), ";")
        True
    """
    text = frame.head(_FIRST_ROWS).select(pl.col(pl.String).str.strip_chars())
    numbers = pl.col(names_where(text, pl.all().str.contains(".", literal=True)))
    is_decimal = numbers.str.contains(_POINT_DECIMALS)
    if names_where(text, is_decimal & ~numbers.str.contains(MONTH_WITH_POINT)):
        return False
    numbers = pl.col(names_where(text, pl.all().str.contains(",", literal=True)))
    with_commas = names_where(text, numbers.str.contains(_COMMA_DECIMALS))
    if any(_has_comma_numbers_only(_without_unit(text[name])) for name in with_commas):
        return True
    return separator == ";" and _has_three_decimals(text)


def _has_three_decimals(text: pl.DataFrame) -> bool:
    """Return whether commas before three digits may separate decimals in all columns.

    Commas separate thousands if a number has several commas, or a comma and a point, or
    if other numbers in the same column are below 1000 and have no comma.
    """
    if names_where(text, pl.all().str.contains(_THOUSANDS)):
        return False
    names = names_where(text, pl.all().str.contains(_THREE_DECIMALS))
    numbers = pl.col(names)
    is_other = numbers.str.contains(r"\d") & ~numbers.str.contains(_MAY_BE_DECIMAL)
    words = set(names_where(text, is_other))
    names = [name for name in names if name not in words]
    return bool(names) and not names_where(text, pl.col(names).str.contains(_SMALL))


def _without_unit(cells: pl.Series) -> pl.Series:
    unit = unit_of(cells)
    return without_unit(cells, unit) if unit else cells


def _has_comma_numbers_only(cells: pl.Series) -> bool:
    """Return whether all cells with digits can be read as numbers with decimal commas.

    Returns False if none of the cells contains a separator.
    """
    cells = ordinary_notation(cells.filter(cells.str.contains(r"\d")))
    has_separators = cells.str.contains("[.,]").any()
    return has_separators and not rules_out_commas(cells).any()


def _sign_of(cells: pl.Series) -> str:
    """Return the currency or percent sign used in a column, or "" if there is none."""
    if not cells.str.contains(ANY_SIGN).any():
        return ""
    signs = signs_of(cells).drop_nulls().unique()
    return str(signs[0]) if len(signs) == 1 else ""


def number_problem(cells: pl.Series) -> str:
    """Return the reason numbers cannot be compared, with a fix; "" if they can be.

    Example:
        >>> number_problem(pl.Series(["$5", "€7"]))
        "currencies differ, as in '$5' and '€7'; convert them to one currency"
        >>> number_problem(pl.Series(["$5", "7", "12 USD"]))
        ''
    """
    return _sign_problem(cells) or clock_problem(cells)


def _sign_problem(cells: pl.Series) -> str:
    if not cells.str.contains(ANY_SIGN).any():
        return ""
    names = signs_of(cells)
    known = names.filter(~names.is_in(["%", "‰"])).unique(maintain_order=True)
    if len(known) > 1:
        first, second = (cells.filter(names == name)[0] for name in known[:2])
        return (
            f"currencies differ, as in {first!r} and {second!r}; convert them to one "
            "currency"
        )
    percents = cells.str.contains("%").fill_null(False)
    if not percents.any():
        return ""
    numbers = without_signs(cells).cast(pl.Float64, strict=False).abs()
    others, shares = numbers.filter(~percents), numbers.filter(percents)
    if others.max() is None or shares.max() is None:
        return ""
    if others.max() > 1 or shares.max() <= 1:  # type: ignore[operator]
        return ""
    first = cells.filter(percents)[0]
    second = cells.filter(~percents & numbers.is_not_null())[0]
    return (
        f"percentages such as {first!r} are mixed with fractions such as {second!r}; "
        "write all of them in the same way"
    )


def _decimal_style(cells: pl.Series) -> Style:
    """Return the style of numbers without a unit, such as a decimal comma."""
    separators = Separators(cells)
    if not separators.commas.any():
        return Style(THOUSANDS_POINTS if has_thousands_points(cells) else "")
    decimal_commas = separators.decimal_commas
    if not decimal_commas.any():
        return Style()  # all commas may be thousands separators
    example = cells.filter(decimal_commas)[0]
    thousands, points = separators.thousands, separators.decimal_points
    if int(decimal_commas.sum()) < MIN_WITNESSES * int(separators.commas.sum()):
        thousands |= separators.doubtful_commas
    if thousands.any():
        other = cells.filter(thousands)[0]
        return _comma_problem(f"{example!r}, but separate thousands in {other!r}")
    if points.any():
        other = cells.filter(points)[0]
        return _comma_problem(f"{example!r}, and so is '.' in {other!r}")
    return Style(DECIMAL_COMMA)


def _comma_problem(examples: str) -> Style:
    fix = "write all numbers with a decimal point"
    return Style(problem=f"commas are decimal separators in {examples}; {fix}")
