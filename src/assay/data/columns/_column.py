"""Determines the kind of values in a column and gives the reason."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from assay._errors import Faults, InputError
from assay.data.columns._human_formats import (
    DECIMAL_COMMA,
    LEADING_ZERO,
    describe_style,
    has_decimal_commas,
    is_too_large,
)
from assay.data.columns._parse import (
    MISSING_WORDS,
    Reading,
    is_readable,
    is_rewritten,
    read_as,
    tidy,
)
from assay.data.columns._styles import Style, date_style, number_style
from assay.data.columns._wording import counted
from assay.data.table._array_cells import holds_cells, read_cells

__all__ = [
    "ARRAY_KINDS",
    "KINDS",
    "MAY_BE_NUMBER",
    "SOLE_INPUT_KINDS",
    "USED_KINDS",
    "Column",
    "exclude_useless",
    "read_column",
    "set_aside_conflicting",
    "use_counts_if_alone",
]

ARRAY_KINDS = ("image", "sequence")
"""Kinds whose cells are arrays."""

SOLE_INPUT_KINDS = (*ARRAY_KINDS, "text")
"""Kinds of column that cannot be combined with other inputs of a network."""

USED_KINDS = ("number", "boolean", "category", "date", *SOLE_INPUT_KINDS)
"""Kinds of column that can become inputs of a network."""

KINDS = (*USED_KINDS, "unusable", "id", "constant")
"""Every kind of column."""

MOSTLY = 0.95
"""If at least this fraction of the cells are numbers, the others count as typos."""

MAX_LARGE_SHARE = 0.5
"""Maximum fraction of numbers beyond float64 precision in a column of numbers."""

ID_MIN_ROWS = 20
"""With fewer rows than this, ordinary values are often all distinct by chance."""

MAX_DISTINCT_SHARE = 0.5
"""Above this fraction of distinct values, most categories would occur only once."""

_FIRST_ROWS = 1_000  # examined first, because the whole column takes longer

MIN_TEXT_WORDS = 3
"""Values with at least this average number of words count as sentences."""

_ID_NAME = re.compile(
    r"(?i:^|[\W_])(?i:id|uuid|guid|key|index|idx|row|rowid|nr)$|[a-z](Id|ID)$"
)
MAY_BE_NUMBER = r"(?i)\d|inf"
_SAVED_INDEX = re.compile(r"(?i)^(unnamed:? ?\d*|level_\d+|__index_level_\d+__)$")


@dataclass(frozen=True)
class Column:
    """A description of a column, with the reason for its kind.

    Args:
        name: the name of the column in the data.
        kind: one of `KINDS`.
        reason: reason for this kind, as text.
        num_missing: number of rows without a value.
        num_distinct: number of distinct values, not counting missing ones.
        num_stray: number of cells whose text is not a value of this kind; they count
            as missing.
        ignored: whether the user excluded the column.
        rewritten: an example of a cell whose symbols or separators were removed, such
            as "$1,234"; empty if all cells were read unchanged.
        style: format of its numbers or dates, as in `Style.name`; empty if the format
            is unambiguous.
        set_aside: whether the column is left out because it cannot be combined with
            the other inputs.
    """

    name: str
    kind: str
    reason: str
    num_missing: int
    num_distinct: int
    num_stray: int = 0
    rewritten: str = ""
    ignored: bool = False
    set_aside: bool = False
    style: str = ""

    @property
    def used(self) -> bool:
        """Whether the column becomes an input of the network."""
        return self.kind in USED_KINDS and not (self.ignored or self.set_aside)


def read_column(cells: pl.Series, kind: str | None = None) -> tuple[pl.Series, Column]:
    """Return the typed values of a column, and a description of it.

    Args:
        cells: the column before conversion.
        kind: the kind set by the user, one of `KINDS`; None to detect it.

    Example:
        >>> read_column(pl.Series("size", ["1", "2", "?"]))[1].kind
        'number'
    """
    if holds_cells(cells) and (kind is None or kind in ARRAY_KINDS):
        arrays, kind, reason = read_cells(cells, kind)
        return arrays, Column(cells.name, kind, reason, 0, arrays.n_unique())
    if not is_readable(cells):
        type_name = cells.dtype.base_type().__name__.lower()
        reason = f"its cells are of type {type_name}"
        return cells, Column(
            cells.name, "unusable", reason, cells.null_count(), len(cells)
        )
    if kind in ARRAY_KINDS:
        raise InputError(_no_arrays(cells, kind))
    cells = tidy(cells)
    if kind is not None:
        return _read_as_set(cells, kind)
    style = ""
    if cells.dtype == pl.String:
        reading, kind, reason, style = _from_text(_without_missing_words(cells))
    else:
        reading, kind, reason = _from_values(cells)
    column = _describe(reading, kind, reason)
    column = replace(
        column, style=style, rewritten=_example_rewritten(cells, kind, style)
    )
    return reading.values, exclude_useless(column, reading.values)


def _example_rewritten(cells: pl.Series, kind: str, style: str) -> str:
    rewritten = cells.filter(is_rewritten(cells, kind, style))
    if style.startswith(DECIMAL_COMMA):  # prefer an example with a decimal comma
        commas = rewritten.filter(has_decimal_commas(rewritten))
        rewritten = commas if len(commas) else rewritten
    return str(rewritten[0]) if len(rewritten) else ""


def _no_arrays(cells: pl.Series, kind: str) -> str:
    return (
        f"{cells.name!r} must contain {kind}s, but its cells have type {cells.dtype}. "
        "Pass arrays or lists of numbers; for images, file paths or bytes also work."
    )


def _read_as_set(cells: pl.Series, kind: str) -> tuple[pl.Series, Column]:
    if kind not in USED_KINDS:
        reading = _without_stray(cells)
        return reading.values, _describe(reading, kind, "set by the user")
    find_style = _STYLES.get(kind) if cells.dtype == pl.String else None
    style = find_style(cells) if find_style else Style()
    reading = read_as(cells, kind, style.name)
    if style.problem and reading.values.null_count() == len(cells):
        raise InputError(f"{cells.name!r} cannot be read: {style.problem}.")
    column = _describe(reading, kind, "set by the user")
    return reading.values, replace(column, style=style.name)


def _without_stray(values: pl.Series) -> Reading:
    return Reading(values, pl.Series(np.zeros(len(values), dtype=bool)))


def use_counts_if_alone(columns: list[Column], frame: pl.DataFrame) -> list[Column]:
    """If there are no other inputs, use the numeric columns that look like ids."""
    if any(column.used for column in columns):
        return columns
    return [
        replace(column, kind="number", reason="numbers, in the absence of other inputs")
        if column.kind == "id" and frame[column.name].dtype.is_numeric()
        else column
        for column in columns
    ]


def set_aside_conflicting(
    columns: list[Column], kinds: Mapping[str, str], faults: Faults
) -> list[Column]:
    """Set aside the columns that cannot be combined with other inputs.

    A column of images or sequences is the sole input, and so is a column that the user
    declared to be text. Other text is set aside in favor of inputs of other kinds.

    Args:
        columns: the columns of a data set.
        kinds: the kinds set by the user, by column name.
        faults: collects a fault if several columns each require to be the sole input.
    """
    used = [column for column in columns if column.used]
    arrays = [column for column in used if column.kind in ARRAY_KINDS]
    texts = [column for column in used if column.kind == "text"]
    set_as_text = [column for column in texts if column.name in kinds]
    inputs = arrays or set_as_text or (texts if len(texts) == len(used) else [])
    if len(inputs) > 1:
        names = [column.name for column in inputs]
        faults.add(
            "A network accepts only one column of images, sequences or text, but got "
            f"{names}. Write ignore={names[1:]!r}."
        )
    if not inputs:
        inputs = [column for column in used if column.kind != "text"]
    kept = {column.name for column in inputs}
    return [
        replace(column, set_aside=True)
        if column.used and column.name not in kept
        else column
        for column in columns
    ]


def _describe(reading: Reading, kind: str, reason: str) -> Column:
    values, num_stray = reading.values, int(reading.stray.sum())
    if num_stray:
        reason += f"; {counted(num_stray, 'other cell')} treated as missing"
    num_missing = values.null_count()
    num_distinct = values.n_unique() - int(num_missing > 0)
    return Column(values.name, kind, reason, num_missing, num_distinct, num_stray)


def _without_missing_words(cells: pl.Series) -> pl.Series:
    """Return a column of nulls if every word in it means "no value"."""
    words = cells.drop_nulls()
    if len(words) and words.is_in(MISSING_WORDS).all():
        return pl.Series(cells.name, [None] * len(cells), dtype=pl.String)
    return cells


def _from_text(cells: pl.Series) -> tuple[Reading, str, str, str]:
    """Return the typed values of a text column, its kind, the reason and the style."""
    words = cells.drop_nulls()
    text = read_as(cells, "category")
    if not words.str.contains(MAY_BE_NUMBER).any():
        # Most columns of words are recognized here, without the slower attempts below.
        booleans = read_as(cells, "boolean")
        if booleans.values.null_count() < len(cells) and not booleans.stray.any():
            return booleans, "boolean", "true and false", ""
        return text, "category", "words", ""
    num_missing_words = int(words.is_in(MISSING_WORDS).sum())
    most = MOSTLY * (len(words) - num_missing_words)
    numbers, style = _numbers(cells)
    num_read = len(cells) - numbers.values.null_count()
    if style.problem and not _are_slips(cells, numbers, most):
        num_commas = int((has_decimal_commas(cells) & numbers.stray).sum())
        if num_read + num_commas >= most:
            return text, "unusable", style.problem, ""
    if num_read and num_read >= most:
        if words.str.contains(LEADING_ZERO).any() and not style.name:
            return text, "category", "digits with leading zeros", ""
        if is_too_large(words).sum() > MAX_LARGE_SHARE * num_read:
            return text, "category", "numbers with more than 15 digits", ""
        reason = f"numbers written as text{describe_style(style.name)}"
        return numbers, "number", reason, style.name
    return _dates_or_words(cells, num_read, most)


def _dates_or_words(
    cells: pl.Series, num_numbers: int, most: float
) -> tuple[Reading, str, str, str]:
    text, style = read_as(cells, "category"), date_style(cells)
    if style.problem and style.num_cells >= most:
        return text, "unusable", style.problem, ""
    dates = read_as(cells, "date", style.name)
    if dates.values.null_count() < len(cells) and not dates.stray.any():
        return dates, "date", f"dates{describe_style(style.name)}", style.name
    reason = f"words, {num_numbers} of them numbers" if num_numbers else "words"
    return text, "category", reason, ""


def _numbers(cells: pl.Series) -> tuple[Reading, Style]:
    """Return text converted to numbers, and the format of the numbers."""
    reading = read_as(cells, "number")
    if not reading.stray.any():
        return reading, Style()
    style = number_style(cells)
    return read_as(cells, "number", style.name) if style.name else reading, style


def _are_slips(cells: pl.Series, numbers: Reading, most: float) -> bool:
    """Return whether the commas are a few typos among numbers without commas."""
    num_read = len(cells) - numbers.values.null_count()
    return num_read >= most and not is_rewritten(cells, "number").any()


def _from_values(cells: pl.Series) -> tuple[Reading, str, str]:
    dtype = cells.dtype
    if dtype == pl.Boolean:
        return read_as(cells, "boolean"), "boolean", "true and false"
    if dtype in (pl.Date, pl.Datetime):
        return read_as(cells, "date"), "date", "dates"
    reading = read_as(cells, "number")
    num_values = len(cells) - cells.null_count()
    if is_too_large(cells).sum() > MAX_LARGE_SHARE * num_values:
        return (
            read_as(cells, "category"),
            "category",
            "numbers with more than 15 digits",
        )
    return reading, "number", "numbers"


def exclude_useless(column: Column, values: pl.Series) -> Column:
    """Return the column, marked as constant or as an id if a network cannot use it."""
    num_values = len(values) - column.num_missing
    if num_values == 0:
        return replace(column, kind="constant", reason="no value in any row")
    if column.num_distinct == 1 and not column.num_missing:
        return replace(column, kind="constant", reason="the same value in every row")
    rule = _ID_RULES.get(column.kind)
    return rule(column, values) if rule and num_values >= ID_MIN_ROWS else column


def _number_id(column: Column, values: pl.Series) -> Column:
    """Return the column, marked as an id if it only numbers or identifies the rows."""
    for some in (values.head(_FIRST_ROWS), values):  # fractions usually occur early
        numbers = _known_numbers(some)
        if (numbers != np.floor(numbers)).any():
            return column
    is_distinct = column.num_distinct == len(numbers)
    if is_distinct and _ID_NAME.search(column.name):
        return replace(
            column, kind="id", reason="all values differ, and the name suggests an id"
        )
    repeats = column.num_distinct <= MAX_DISTINCT_SHARE * len(numbers)
    if _SAVED_INDEX.search(column.name) and not repeats:
        return replace(column, kind="id", reason="whole numbers in an unnamed column")
    # Distinct whole numbers without gaps are row numbers, even if the rows were
    # reordered later.
    span = numbers.max() - numbers.min()
    if is_distinct and not column.num_missing and span == len(numbers) - 1:
        return replace(column, kind="id", reason="consecutive row numbers")
    return column


def _known_numbers(values: pl.Series) -> np.ndarray:
    """Return the values that are not missing, as float64."""
    numbers = values.to_numpy().astype(np.float64)
    return numbers[~np.isnan(numbers)]


def _word_id(column: Column, values: pl.Series) -> Column:
    if column.num_distinct <= MAX_DISTINCT_SHARE * (len(values) - column.num_missing):
        return column
    words = values.drop_nulls()
    num_words = words.str.split(" ").list.len().to_numpy().mean()
    kind = "text" if num_words >= MIN_TEXT_WORDS else "id"
    reason = f"{column.num_distinct} different values in {len(words)} rows"
    return replace(column, kind=kind, reason=reason)


_STYLES: dict[str, Callable[[pl.Series], Style]] = {
    "number": number_style,
    "date": date_style,
}

_ID_RULES: dict[str, Callable[[Column, pl.Series], Column]] = {
    "number": _number_id,
    "category": _word_id,
}
