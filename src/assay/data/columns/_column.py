"""What a column holds: its kind, and the reason for it."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data.columns._parse import MISSING_WORDS, Reading, is_readable, read_as, tidy
from assay.data.table._array_cells import holds_cells, read_cells

__all__ = [
    "ARRAY_KINDS",
    "KINDS",
    "SOLE_INPUT_KINDS",
    "USED_KINDS",
    "Column",
    "read_column",
    "rescue",
    "set_apart",
]

ARRAY_KINDS = ("image", "sequence")
"""Kinds whose cells are arrays."""

SOLE_INPUT_KINDS = (*ARRAY_KINDS, "text")
"""Kinds of which one column is the whole input of a network."""

USED_KINDS = ("number", "boolean", "category", "date", *SOLE_INPUT_KINDS)
"""Kinds that become inputs of a network."""

KINDS = (*USED_KINDS, "unusable", "id", "constant")
"""Every kind of column."""

MOSTLY = 0.95
"""Share of the texts that must be numbers for the rest to count as slips."""

ID_MIN_ROWS = 20
"""Fewer rows than this are all different by chance too often to speak of an id."""

HARDLY_REPEATS = 0.5
"""Above this share of distinct words a category would see most values only once."""

TEXT_WORDS = 3
"""Values of this many words on average are sentences rather than names."""

_ID_NAME = re.compile(
    r"(?i:^|[\W_])(?i:id|uuid|guid|key|index|idx|row|rowid|nr)$|[a-z](Id|ID)$"
)
_LEADING_ZERO = r"^0\d"
_DECIMAL_COMMA = r"^[+-]?\d+,\d+$"


@dataclass(frozen=True)
class Column:
    """One column, what it holds and why it is taken so.

    Args:
        name: as it stands in the data.
        kind: one of `KINDS`.
        reason: why, in words.
        num_missing: rows without a value.
        num_distinct: different values, missing aside.
        num_stray: texts in a column of another kind; they count as missing.
        ignored: left out by the user's wish.
        beside: left out, since another column is the whole input, or since this one
            would have to be.
    """

    name: str
    kind: str
    reason: str
    num_missing: int
    num_distinct: int
    num_stray: int = 0
    ignored: bool = False
    beside: bool = False

    @property
    def used(self) -> bool:
        """Whether it becomes an input of the network."""
        return self.kind in USED_KINDS and not (self.ignored or self.beside)


def read_column(series: pl.Series, kind: str | None = None) -> tuple[pl.Series, Column]:
    """Return a column's values, and what the column holds.

    Args:
        series: the column as it came.
        kind: what the user says it is; None to find out.

    Example:
        >>> read_column(pl.Series("size", ["1", "2", "?"]))[1].kind
        'number'
    """
    if holds_cells(series) and (kind is None or kind in ARRAY_KINDS):
        cells, kind, reason = read_cells(series, kind)
        return cells, Column(series.name, kind, reason, 0, cells.n_unique())
    if not is_readable(series):
        reason = f"cells hold {series.dtype.base_type().__name__.lower()} values"
        missing = series.null_count()
        return series, Column(series.name, "unusable", reason, missing, len(series))
    if kind in ARRAY_KINDS:
        told = "Give arrays or lists of numbers; for images, also paths or bytes."
        raise InputError(
            fault(
                f"{series.name!r} holds a cell of {kind}",
                "dtype",
                str(series.dtype),
                told,
            )
        )
    series = tidy(series)
    if kind in USED_KINDS:
        reading = read_as(series, kind)
        return reading.values, _describe(reading, kind, "the user says so")
    if kind is not None:
        reading = Reading(series, pl.repeat(False, len(series), eager=True))
        return series, _describe(reading, kind, "the user says so")
    if series.dtype == pl.String:
        series = _without_missing_words(series)
        reading, kind, reason = _from_text(series)
    else:
        reading, kind, reason = _from_values(series)
    column = _describe(reading, kind, reason)
    return reading.values, _demote(column, reading.values)


def rescue(columns: list[Column], frame: pl.DataFrame) -> list[Column]:
    """Take numbers that merely count the rows as inputs if there is nothing else."""
    if any(column.used for column in columns):
        return columns
    return [
        replace(column, kind="number", reason="numbers, and the only input")
        if column.kind == "id" and frame[column.name].dtype.is_numeric()
        else column
        for column in columns
    ]


def set_apart(
    columns: list[Column], kinds: Mapping[str, str], faults: Faults
) -> list[Column]:
    """Leave one column alone as the input, if it is images, series or text.

    Text that nobody asked for gives way to other inputs.

    Args:
        columns: of a data set.
        kinds: what columns hold by the user's word.
        faults: collects that several columns would have to be the whole input.
    """
    used = [column for column in columns if column.used]
    cells = [column for column in used if column.kind in ARRAY_KINDS]
    texts = [column for column in used if column.kind == "text"]
    asked = [column for column in texts if column.name in kinds]
    whole = cells or asked or (texts if len(texts) == len(used) else [])
    if len(whole) > 1:
        names = [column.name for column in whole]
        told = f"A network takes one. Write ignore={names[1:]!r}."
        faults.add(
            fault("one column is images, series or text", "columns", names, told)
        )
    if not whole:
        whole = [column for column in used if column not in texts]
    return [
        replace(column, beside=True)
        if column in used and column not in whole
        else column
        for column in columns
    ]


def _describe(reading: Reading, kind: str, reason: str) -> Column:
    values, num_stray = reading.values, int(reading.stray.sum())
    if num_stray:
        reason += f"; {num_stray} other texts count as missing"
    missing = values.null_count()
    distinct = values.n_unique() - int(missing > 0)
    return Column(values.name, kind, reason, missing, distinct, num_stray)


def _without_missing_words(series: pl.Series) -> pl.Series:
    held = series.drop_nulls()
    if len(held) and held.is_in(MISSING_WORDS).all():
        return pl.Series(series.name, [None] * len(series), dtype=pl.String)
    return series


def _from_text(series: pl.Series) -> tuple[Reading, str, str]:
    held = series.drop_nulls()
    words = int(held.is_in(MISSING_WORDS).sum())
    reading = read_as(series, "number")
    num_read = len(series) - reading.values.null_count()
    if num_read and num_read >= MOSTLY * (len(held) - words):
        if held.str.contains(_LEADING_ZERO).any():
            return read_as(series, "category"), "category", "digits with leading zeros"
        return reading, "number", "text that reads as numbers"
    for kind, reason in (("boolean", "true and false"), ("date", "ISO dates")):
        reading = read_as(series, kind)
        if reading.values.null_count() < len(series) and not reading.stray.any():
            return reading, kind, reason
    text = read_as(series, "category")
    if len(held) and held.str.contains(_DECIMAL_COMMA).sum() >= MOSTLY * len(held):
        return text, "unusable", "commas in numbers, such as '1,5'"
    return (
        text,
        "category",
        f"words, {num_read} of them numbers" if num_read else "words",
    )


def _from_values(series: pl.Series) -> tuple[Reading, str, str]:
    dtype = series.dtype
    if dtype == pl.Boolean:
        return read_as(series, "boolean"), "boolean", "true and false"
    if dtype in (pl.Date, pl.Datetime):
        return read_as(series, "date"), "date", "dates"
    return read_as(series, "number"), "number", "numbers"


def _demote(column: Column, values: pl.Series) -> Column:
    """Mark columns that a network cannot learn from."""
    num_held = len(values) - column.num_missing
    if num_held == 0:
        return replace(column, kind="constant", reason="holds no value")
    if column.num_distinct == 1 and not column.num_missing:
        return replace(column, kind="constant", reason="holds one value only")
    rule = _ID_RULES.get(column.kind)
    return rule(column, values) if rule and num_held >= ID_MIN_ROWS else column


def _number_id(column: Column, values: pl.Series) -> Column:
    if column.num_missing or column.num_distinct < len(values):
        return column
    first = values[0]
    if not values.dtype.is_integer() and not (values == values.floor()).all():
        return column
    if _ID_NAME.search(column.name):
        return replace(column, kind="id", reason="all different, and named as an id")
    counted = pl.Series(range(len(values)), dtype=pl.Float64) + first
    if (values.cast(pl.Float64) == counted).all():
        return replace(column, kind="id", reason="counts the rows")
    return column


def _word_id(column: Column, values: pl.Series) -> Column:
    held = values.drop_nulls()
    if column.num_distinct <= HARDLY_REPEATS * len(held):
        return column
    words = held.str.split(" ").list.len().mean()
    told = f"{column.num_distinct} different values in {len(held)} rows"
    kind = "text" if isinstance(words, float) and words >= TEXT_WORDS else "id"
    return replace(column, kind=kind, reason=f"{told}: hardly any repeats")


_ID_RULES: dict[str, Callable[[Column, pl.Series], Column]] = {
    "number": _number_id,
    "category": _word_id,
}
