"""Reads many columns at once, with the same results as `read_column`.

A call to polars takes longer than reading a short column, so reading thousands of
columns one by one is slow. Ordinary columns are therefore recognized together in a few
calls. The other columns are read by `read_column`, which detects their style.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from assay._errors import InputError
from assay.data.columns._column import Column
from assay.data.columns._detect_kind import MAY_BE_NUMBER, read_column
from assay.data.columns._exclude import exclude_useless
from assay.data.columns._parse import MISSING_WORDS, is_rewritten, read_as, tidy
from assay.data.columns.formats._numbers import (
    GROUP_OR_SMALL,
    LARGEST_EXACT,
    LEADING_ZERO,
    is_too_large,
)
from assay.data.columns.formats._styles import may_need_style

__all__ = ["read_columns"]

BATCH_CELLS = 2**20
"""Maximum number of cells per batch. Copies of their text take up to about 64 MB."""

_FIRST_ROWS = 1_000  # the first rows rule out most columns

_MAY_BE_NAMES = r"^[+-]?(?:0[0-9]|[0-9]{16})"
"""Pattern of numbers with leading zeros, or with too many digits for a float64."""

ReadColumn = tuple[pl.Series, Column]
Typed = tuple[pl.Series, str, str]
"""Typed values, their kind, and the reason for the kind."""


def read_columns(
    columns: Iterable[pl.Series], kinds: Mapping[str, str], decimal_commas: bool = False
) -> Iterator[ReadColumn | InputError]:
    """Yield the values and the description of each column, or an error.

    Args:
        columns: the columns before conversion; only one batch is in memory at a time.
        kinds: the kinds set by the user, by column name.
        decimal_commas: whether some columns of the table have decimal commas.
    """
    batch: list[pl.Series] = []
    for cells in columns:
        batch.append(cells)
        num_rows = len(cells)
        del cells  # a long column must be freed before the next one is read
        if len(batch) * num_rows >= BATCH_CELLS:
            yield from _read(batch, kinds, decimal_commas)
            batch = []
    yield from _read(batch, kinds, decimal_commas)


def _read(
    batch: Sequence[pl.Series], kinds: Mapping[str, str], decimal_commas: bool
) -> Iterator[ReadColumn | InputError]:
    # Unlike the columns of a frame, samples of map-style data may differ in length.
    height = len(batch[0]) if batch else 0
    equal = [c for c in batch if c.name not in kinds and len(c) == height > 0]
    known = _describe([*_typed(equal)])
    for cells in batch:
        if cells.name in known:
            yield known[cells.name]
            continue
        try:
            kind = kinds.get(cells.name)
            yield read_column(cells, kind, decimal_commas=decimal_commas)
        except InputError as error:
            yield error


def _typed(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the columns that can be recognized together in a few calls."""
    yield from _plain_values(columns)
    text = [cells for cells in columns if cells.dtype == pl.String]
    for find in (_plain_numbers, _plain_words, _plain_mixtures):
        names = set()
        for values, kind, reason in find(text):
            names.add(values.name)
            yield values, kind, reason
        text = [cells for cells in text if cells.name not in names]


def _describe(typed: Sequence[Typed]) -> dict[str, ReadColumn]:
    """Return the values and the description of each column, by column name."""
    if not typed:
        return {}
    frame = pl.DataFrame([values for values, _, _ in typed])
    num_missing = frame.null_count().row(0)
    num_distinct = frame.select(pl.all().n_unique()).row(0)
    described = {}
    for (values, kind, reason), missing, distinct in zip(
        typed, num_missing, num_distinct, strict=True
    ):
        distinct -= missing > 0
        column = Column(values.name, kind, reason, missing, distinct)
        described[values.name] = values, exclude_useless(column, values)
    return described


def _plain_numbers(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the text columns that contain only plain numbers and empty cells."""
    if not columns:
        return
    text = pl.DataFrame(columns)
    numbers = text.select(pl.all().cast(pl.Float64, strict=False))
    unread = _differ(text.null_count(), numbers.null_count())
    if unread:  # rare, because few tables have spaces around numbers
        stripped = text.select(pl.col(unread).str.strip_chars())
        filled = pl.when(pl.all().str.len_bytes() > 0).then(pl.all())
        text = text.with_columns(stripped.select(filled))
        numbers = text.select(pl.all().cast(pl.Float64, strict=False))
        unread = _differ(text.null_count(), numbers.null_count())
    names = [values.name for values in numbers if values.null_count() < len(values)]
    names = [name for name in names if name not in set(unread)]
    if not names:
        return
    has_nan = numbers.select(pl.col(names).is_nan().any()).row(0)
    may_be_names = text.select(pl.col(names).str.contains(_MAY_BE_NAMES).any()).row(0)
    may_be_thousands = _may_be_thousands(text.select(names))
    for name, *doubts in zip(names, has_nan, may_be_names, strict=True):
        if not any(doubts) and name not in may_be_thousands:
            yield numbers[name], "number", "numbers"


def _may_be_thousands(text: pl.DataFrame) -> set[str]:
    """Return the names of the columns in which "." may be a thousands separator."""
    first = text.head(_FIRST_ROWS).select(pl.all().str.contains(GROUP_OR_SMALL).all())
    names = [
        name for name, fits in zip(text.columns, first.row(0), strict=True) if fits
    ]
    if not names:
        return set()
    has_points = text.select(pl.col(names).str.contains(".", literal=True).any())
    return {name for name, has in zip(names, has_points.row(0), strict=True) if has}


def _differ(first: pl.DataFrame, second: pl.DataFrame) -> list[str]:
    """Return the names of the columns in which two one-row frames differ."""
    pairs = zip(first.columns, first.row(0), second.row(0), strict=True)
    return [name for name, a, b in pairs if a != b]


class _Stacked:
    """Text columns concatenated into one, so that they can be read in a single call.

    Args:
        columns: text columns of the same length.
    """

    def __init__(self, columns: Sequence[pl.Series]) -> None:
        self.columns = columns
        self.text = tidy(pl.concat(columns, rechunk=True))
        is_value = self.text.is_not_null() & ~self.text.is_in(MISSING_WORDS)
        self.num_values = self.count(is_value)

    def count(self, mask: pl.Series) -> np.ndarray:
        """Return the number of cells in each column for which a mask is true."""
        cells = mask.fill_null(False).to_numpy()
        return cells.reshape(len(self.columns), -1).sum(axis=1)

    def part(self, values: pl.Series, position: int) -> pl.Series:
        """Return the values of the column at a position."""
        cells = self.columns[position]
        return values.slice(position * len(cells), len(cells)).alias(cells.name)

    def typed(
        self, values: pl.Series, chosen: np.ndarray, kind: str, reason: str
    ) -> Iterator[Typed]:
        """Yield the columns selected by the mask `chosen` (columns,)."""
        for position in np.flatnonzero(chosen).tolist():
            yield self.part(values, position), kind, reason


def _plain_words(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the text columns that contain words but no digits."""
    if len(columns) < 2:
        return
    stacked = _Stacked(columns)
    may_be_number = stacked.text.str.contains(MAY_BE_NUMBER)
    are_words = (stacked.count(may_be_number) == 0) & (stacked.num_values > 0)
    booleans = read_as(stacked.text, "boolean").values
    num_booleans = stacked.count(booleans.is_not_null())
    are_booleans = are_words & (num_booleans == stacked.num_values)
    yield from stacked.typed(booleans, are_booleans, "boolean", "true and false")
    yield from stacked.typed(
        stacked.text, are_words & ~are_booleans, "category", "words"
    )


def _plain_mixtures(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield the text columns that contain only numbers, only dates or only words.

    They may also contain words for "no value". Columns that mix kinds, or whose
    numbers or dates are in human-readable formats, are left to `read_column`.
    """
    if len(columns) < 2:
        return
    stacked = _Stacked(columns)
    text, num_values, count = stacked.text, stacked.num_values, stacked.count
    numbers, dates = read_as(text, "number").values, read_as(text, "date").values
    num_numbers, num_dates = (count(v.is_not_null()) for v in (numbers, dates))
    is_doubtful = may_need_style(text)
    has_no_numbers = (num_numbers == 0) & (num_values > 0) & (count(is_doubtful) == 0)
    may_be_names = text.str.contains(LEADING_ZERO) | is_too_large(text)
    is_plain = ~is_rewritten(text, "number") & ~may_be_names
    are_numbers = (num_numbers == num_values) & (num_values > 0)
    are_numbers &= count(is_plain | text.is_null()) == len(columns[0])
    may_be_thousands = count(text.str.contains(GROUP_OR_SMALL)) == num_values
    may_be_thousands &= count(text.str.contains(".", literal=True)) > 0
    are_numbers &= ~may_be_thousands
    are_dates = has_no_numbers & (num_dates == num_values)
    are_dates &= count(is_rewritten(text, "date")) == 0
    yield from stacked.typed(numbers, are_numbers, "number", "numbers")
    yield from stacked.typed(dates, are_dates, "date", "dates")
    are_words = has_no_numbers & (num_dates == 0)
    yield from stacked.typed(text, are_words, "category", "words")


def _plain_values(columns: Sequence[pl.Series]) -> Iterator[Typed]:
    """Yield columns of floats, booleans, and integers within float64 precision."""
    for cells in columns:
        if cells.dtype == pl.Boolean:
            yield cells, "boolean", "true and false"
    floats = [cells for cells in columns if cells.dtype.is_float()]
    if floats:
        for values in pl.DataFrame(floats).select(pl.all().fill_nan(None)):
            yield values, "number", "numbers"
    large = (pl.Int128, pl.UInt128)
    integers = [c for c in columns if c.dtype.is_integer() and c.dtype not in large]
    for cells in integers:
        bounds: list[Any] = [cells.min(), cells.max()]
        if all(abs(bound or 0) <= LARGEST_EXACT for bound in bounds):
            yield cells, "number", "numbers"
