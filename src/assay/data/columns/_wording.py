"""Formats counts of cells and rows for messages."""

from typing import Any

import polars as pl

__all__ = ["affected_rows", "counted", "shown_cell"]

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
    """
    return f"This affects {counted(num_rows, 'row')}; the first is row {first_row}."


def shown_cell(cell: Any) -> str:
    """Return a cell as one line of text. Polars lists are shortened.

    Example:
        >>> shown_cell("x"), shown_cell(pl.Series([1, 2]))
        ("'x'", '[1, 2]')
    """
    cell = cell.to_list() if isinstance(cell, pl.Series) else cell
    text = repr(cell)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
