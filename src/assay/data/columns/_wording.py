"""Formats counts of cells and rows for messages."""

from typing import Any

import polars as pl

from assay.data.columns.formats._numbers import has_decimal_commas

__all__ = [
    "affected_rows",
    "counted",
    "how_to_write_numbers",
    "not_unicode",
    "shown_cell",
    "why_unreadable",
]

_MOST_KEYS = 5  # maximum number of keys of a record in a message
_MOST_SHOWN = 80  # maximum number of characters of a cell in a message


def counted(count: int, noun: str) -> str:
    """Return a count followed by its noun.

    Example:
        >>> counted(1, "cell"), counted(1200, "cell")
        ('1 cell', '1200 cells')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def affected_rows(num_rows: int, first_row: int) -> str:
    """Return a sentence about the rows that a fault affects.

    Example:
        >>> affected_rows(2, 198)
        'This affects 2 rows; the first is row 198.'
        >>> affected_rows(1, 198)
        'This affects row 198.'
    """
    if num_rows == 1:
        return f"This affects row {first_row}."
    return f"This affects {counted(num_rows, 'row')}; the first is row {first_row}."


def how_to_write_numbers(cells: pl.Series) -> str:
    """Return the start of a sentence on how to correct cells that are not numbers.

    Example:
        >>> how_to_write_numbers(pl.Series(["3,5"]))
        'Write numbers with a decimal point'
        >>> how_to_write_numbers(pl.Series(["high"]))
        'Correct these cells'
    """
    if cells.dtype == pl.String and has_decimal_commas(cells).any():
        return "Write numbers with a decimal point"
    return "Correct these cells"


def shown_cell(cell: Any) -> str:
    """Return a cell as one line of text, shortened if it is long.

    Example:
        >>> shown_cell("x"), shown_cell(pl.Series([1, 2]))
        ("'x'", '[1, 2]')
    """
    cell = cell.to_list() if isinstance(cell, pl.Series) else cell
    text = repr(cell)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"


def why_unreadable(cells: pl.Series) -> str:
    """Return the reason lists, records or objects cannot be used, with a fix if known.

    Example:
        >>> why_unreadable(pl.Series("box", [{"width": 1, "height": 2}]))
        "its cells are records of 'width', 'height'; write frame.unnest('box')"
    """
    dtype, name = cells.dtype, cells.name
    if isinstance(dtype, pl.Struct) and dtype.fields:
        keys = [field.name for field in dtype.fields]
        shown = ", ".join(map(repr, keys[:_MOST_KEYS]))
        shown += ", …" if len(keys) > _MOST_KEYS else ""
        return f"its cells are records of {shown}; write frame.unnest({name!r})"
    if isinstance(dtype, pl.List) and dtype.inner == pl.String:
        fix = f"frame.with_columns(pl.col({name!r}).list.join(' '))"
        return f"its cells are lists of text; write {fix}"
    type_name = dtype.base_type().__name__.lower()
    if dtype == pl.Object:
        present = (type(cell).__name__ for cell in cells if cell is not None)
        type_name = next(present, type_name)
    return f"its cells have type {type_name}"


def not_unicode(error: UnicodeEncodeError | UnicodeDecodeError) -> str:
    r"""Return a phrase about text that cannot be stored as UTF-8.

    Example:
        >>> try:
        ...     b"caf\xe9".decode()
        ... except UnicodeDecodeError as error:
        ...     print(not_unicode(error))
        b'caf\xe9', which is not valid Unicode
    """
    return f"{shown_cell(error.object)}, which is not valid Unicode"
