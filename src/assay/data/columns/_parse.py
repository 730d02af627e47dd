"""Reads the cells of a column as numbers, booleans, dates or categories.

Training and prediction share this code, so a cell always has the same meaning.
"""

from dataclasses import dataclass
from functools import partial

import numpy as np
import polars as pl

from assay.data.columns.formats._amounts import BASE_UNITS, amounts
from assay.data.columns.formats._distinct import on_distinct
from assay.data.columns.formats._durations import seconds_of
from assay.data.columns.formats._notations import ordinary_notation
from assay.data.columns.formats._numbers import plain_numbers
from assay.data.columns.formats._style import (
    OFFSETS_AT_MIDNIGHT,
    ORDINAL_ENDINGS,
    split_style,
)
from assay.data.columns.formats._units import without_ordinal_endings, without_unit
from assay.data.columns.formats.dates._dates import plain_dates
from assay.data.columns.formats.dates._moments import ISO, moments
from assay.data.columns.formats.dates._numeric_times import moments_of_numbers
from assay.data.table._column_names import INVISIBLE
from assay.data.table._dates import impossible_dates

__all__ = [
    "MISSING_WORDS",
    "Reading",
    "is_readable",
    "is_rewritten",
    "is_rewritten_date",
    "read_as",
    "tidy",
]

MISSING_WORDS = (
    *("?", "-", "--", "–", "—", ".", "NA", "N/A", "n/a", "n.a.", "NULL", "null"),
    # written by pandas, polars and NumPy
    *("NaN", "nan", "-nan", "None", "<NA>", "NaT", "nat", "1.#IND", "-1.#IND"),
    # written by data loggers or by hand
    *("NAN", "na", "Null", "n.d.", "N.D."),
    # written by spreadsheets
    *("#N/A", "#NA", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#NULL!"),
    *("#ERROR!", "#SPILL!", "#CALC!", "#NV", "#WERT!", "#BEZUG!", "#ZAHL!", "#N/D"),
    *("#VALEUR!", "#NOM?", "#NOMBRE!", "#¡DIV/0!", "#¡VALOR!", "#¡REF!", "#VALOR!"),
    *(f"Err:{code}" for code in range(501, 541)),
    # written by databases
    *("\\N", "(null)", "(NULL)", "[NULL]", "<null>", "<NULL>"),
    *("0000-00-00", "0000-00-00 00:00:00"),
    # written by SAS, statistical offices and survey tools
    *("._", *(f".{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")),
    *(":", "..", "...", "…", "k.A.", "k. A."),
)
"""Words that mean "no value" in a column of numbers, booleans or dates."""

_TEXT_FORMULA = r'^="(.*)"$'
_COMBINING_MARK = r"[\u0300-\u036f\u3099\u309a]"
_UNUSUAL = rf"{_COMBINING_MARK}|{INVISIBLE}"  # rare characters
_MICROSECONDS = 1_000_000
_WHOLE_LIMIT = 2.0**53  # below this, float64 represents every whole number exactly


@dataclass(frozen=True)
class Reading:
    """A column converted to values of one kind.

    Args:
        values: the typed values, with null for missing and stray cells.
        stray: a mask of the non-empty cells that contain neither a value of that kind
            nor a word for "no value".
    """

    values: pl.Series
    stray: pl.Series


def is_readable(cells: pl.Series) -> bool:
    """Return whether the cells are plain values, not lists, records or objects."""
    return not (cells.dtype.is_nested() or cells.dtype in (pl.Binary, pl.Object))


def tidy(cells: pl.Series) -> pl.Series:
    """Strip surrounding spaces from text, and replace empty text and NaN with null.

    Accented letters are composed, zero-width characters are removed, and formulas such
    as `="007"` are replaced with their text.
    """
    if cells.dtype in (pl.Categorical, pl.Enum):
        cells = cells.cast(pl.String)
    if cells.dtype == pl.String:
        return on_distinct(cells, _tidy_text)
    if cells.dtype.is_float():
        return cells.fill_nan(None)
    if cells.dtype == pl.Null:
        return cells.cast(pl.Float64)
    if cells.dtype in (pl.Int128, pl.UInt128):  # NumPy has no such types
        numbers = cells.cast(pl.Int64, strict=False)
        is_small = numbers.null_count() == cells.null_count()
        return numbers if is_small else cells.cast(pl.String)
    return cells


def _tidy_text(cells: pl.Series) -> pl.Series:
    text = cells.str.strip_chars()
    if text.str.starts_with('="').any():  # a formula that keeps cells as text
        text = text.str.replace(_TEXT_FORMULA, "$1").str.strip_chars()
    if text.str.contains(_UNUSUAL).any():
        text = text.str.replace_all(INVISIBLE, "").str.strip_chars()
        text = text.str.normalize("NFC")  # "é" may be one character or two
    return text.set(text.str.len_bytes() == 0, None)


def read_as(cells: pl.Series, kind: str, style: str = "") -> Reading:
    """Read a column as "number", "boolean", "date", "category" or "text".

    Args:
        cells: the column before conversion.
        kind: the kind of the returned values.
        style: format of the numbers or dates, as in `Style.name`.

    Example:
        >>> read_as(pl.Series(["1.5", "?", "many"]), "number").values.to_list()
        [1.5, None, None]
        >>> read_as(pl.Series(["1.5", "?", "many"]), "number").stray.to_list()
        [False, False, True]
    """
    if not is_readable(cells):
        nothing = pl.Series(cells.name, [None] * len(cells), dtype=pl.Float64)
        return Reading(nothing, cells.is_not_null())
    if kind == "number" and not style and (numbers := _plain(cells)) is not None:
        return Reading(numbers, _none_of(cells))
    cells = tidy(cells)
    if kind in _STYLED_READERS:
        reader = partial(_STYLED_READERS[kind], style=style)
    else:
        reader = _READERS[kind]
    values = on_distinct(cells, reader)
    if values is cells:  # no cell was changed, so none is stray
        return Reading(values, _none_of(cells))
    stray = cells.is_not_null() & values.is_null()
    if cells.dtype == pl.String and kind not in ("category", "text"):
        stray &= ~cells.is_in(MISSING_WORDS)
    return Reading(values, stray)


def _plain(cells: pl.Series) -> pl.Series | None:
    """Return the numbers if all cells are plain numbers or null; otherwise, None."""
    if cells.dtype != pl.String:
        return None
    numbers = cells.cast(pl.Float64, strict=False)
    is_plain = numbers.null_count() == cells.null_count()
    return numbers if is_plain and not numbers.is_nan().any() else None


def _none_of(cells: pl.Series) -> pl.Series:
    return pl.Series(np.zeros(len(cells), bool))


def is_rewritten(cells: pl.Series, kind: str, style: str = "") -> pl.Series:
    """Return a mask of the numbers and dates that are not in a plain format.

    Example:
        >>> is_rewritten(pl.Series(["1.5", "$2", "many"]), "number").to_list()
        [False, True, False]
    """
    if cells.dtype != pl.String or kind not in ("number", "date"):
        return pl.repeat(False, len(cells), eager=True)
    return on_distinct(cells, partial(_is_rewritten, kind=kind, style=style))


def is_rewritten_date(cells: pl.Series, plain: pl.Series) -> pl.Series:
    """Return a mask of the dates that are not written in the ISO format.

    Args:
        cells: text.
        plain: the same cells, with dates rewritten by `plain_dates`.
    """
    return (plain != cells).fill_null(False) & plain.str.contains(ISO)


def _is_rewritten(cells: pl.Series, kind: str, style: str) -> pl.Series:
    if kind == "date":
        return is_rewritten_date(cells, plain_dates(cells, style))
    numbers, direct = _number(cells, style), cells.cast(pl.Float64, strict=False)
    return numbers.is_not_null() & (numbers != direct).fill_null(True)


def _number(cells: pl.Series, style: str) -> pl.Series:
    dtype = cells.dtype
    if dtype == pl.Duration:
        return cells.dt.total_microseconds() / _MICROSECONDS
    if dtype == pl.Time:
        return cells.cast(pl.Int64) / 1_000_000_000
    if dtype.is_temporal():
        return _absent(cells, pl.Float64)
    if dtype.is_numeric() and not dtype.is_decimal():
        return cells
    decimals, unit = split_style(style)
    if dtype == pl.String and style:
        cells = ordinary_notation(cells)
    whole = cells
    if dtype == pl.String and unit:
        cells = without_unit(cells, unit)
    if dtype == pl.String and decimals == ORDINAL_ENDINGS:
        cells, decimals = without_ordinal_endings(cells), ""
    plain = cells
    if dtype == pl.String and decimals:  # '.' separates thousands
        plain = cells.set(cells.str.contains(".", literal=True), None)
    numbers = plain.cast(pl.Float64, strict=False).fill_nan(None)
    if dtype != pl.String or numbers.null_count() == cells.null_count():
        return numbers
    cells = ordinary_notation(cells)
    rewritten = plain_numbers(cells, decimals).cast(pl.Float64, strict=False)
    numbers = numbers.fill_null(rewritten.fill_nan(None))
    numbers = numbers.fill_null(seconds_of(cells))
    if unit not in BASE_UNITS or numbers.null_count() == whole.null_count():
        return numbers
    return numbers.fill_null(amounts(whole, unit))


def _boolean(cells: pl.Series) -> pl.Series:
    if cells.dtype == pl.Boolean:
        return cells
    if cells.dtype == pl.String:
        lower = cells.str.to_lowercase()
        values = lower.is_in(["true", "1", "1.0"])
        return values.set(~lower.is_in(["false", "0", "0.0"]) & ~values, None)
    if cells.dtype.is_numeric():
        values = cells == 1
        return values.set(~values & (cells != 0), None)
    return _absent(cells, pl.Boolean)


def _date(cells: pl.Series, style: str) -> pl.Series:
    dtype = cells.dtype
    if dtype in (pl.Date, pl.Datetime):
        cells = cells.set(impossible_dates(cells), None)
    if dtype == pl.Datetime and getattr(dtype, "time_zone", None):
        if not style.endswith(OFFSETS_AT_MIDNIGHT):
            cells = cells.dt.convert_time_zone("UTC")
        cells = cells.dt.replace_time_zone(None)
    if dtype in (pl.Date, pl.Datetime):
        return cells.cast(pl.Datetime("us"))
    if dtype.is_integer() or dtype.is_float():  # dates such as 20241231
        cells = _category(cells)
    elif dtype != pl.String:
        return _absent(cells, pl.Datetime("us"))
    times = moments(plain_dates(cells, style), style)
    if times.null_count() == cells.null_count():
        return times
    return times.fill_null(moments_of_numbers(cells))


def _category(cells: pl.Series) -> pl.Series:
    if cells.dtype.is_float():
        # Whole numbers become the same text in integer and float columns.
        whole = (cells == cells.floor()) & (cells.abs() < _WHOLE_LIMIT)
        text = cells.cast(pl.String)
        return text.zip_with(
            ~whole.fill_null(False), cells.cast(pl.Int64, strict=False).cast(pl.String)
        )
    return cells.cast(pl.String)


def _absent(cells: pl.Series, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    return pl.Series(cells.name, [None] * len(cells), dtype=dtype)


_STYLED_READERS = {"number": _number, "date": _date}
_READERS = {
    "boolean": _boolean,
    "category": _category,
    "text": _category,
}
