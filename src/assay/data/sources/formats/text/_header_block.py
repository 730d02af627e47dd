"""Joins column names with the group names in the rows above them.

Spreadsheets merge the cells of a group, so only its first cell is filled, and pandas
repeats the name of a group above each of its columns.
"""

import re
from collections import Counter
from collections.abc import Sequence

from assay.data.columns._parse import MISSING_WORDS

__all__ = ["NUMBER", "are_groups", "names_below_groups"]

NUMBER = re.compile(r"\s*[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?\s*")
"""Pattern of a cell that contains a number."""

_MIN_NUMBERS = 0.5  # minimum fraction in a column, whose first cell may be a unit

Row = Sequence[str]


def are_groups(row: Row, below: Sequence[Row]) -> bool:
    """Return whether a row contains names for groups of columns.

    A group spans several columns, so its other cells are empty or repeat its name. The
    next row must contain the column names, at least one of them above numbers.

    Args:
        row: the first row.
        below: the rows below it, without blank lines.

    Example:
        >>> rows = [["Size", "", "y"], ["cm", "in", "kind"], ["1", "2", "a"]]
        >>> are_groups(rows[0], rows[1:]), are_groups(rows[1], rows[2:])
        (True, False)
    """
    names, *rows = below if len(below) > 1 else [(), ()]
    if len(names) != len(row) or any(map(NUMBER.fullmatch, names)):
        return False
    groups = [cell.strip() for cell in row]
    names = [cell.strip() for cell in names]
    filled = [group for group in groups if group]
    are_repeated = len(set(filled)) < len(filled)
    # The first column may be an index without a name.
    spans = are_repeated or ("" in groups[1:] and all(names[1:]))
    if not filled or not spans or not any(names):
        return False
    if not all(map(any, list(zip(groups, names, strict=True))[1:])):
        return False
    columns = [_column(position, rows) for position in range(len(names))]
    are_numeric = list(map(_are_numbers, columns))
    for name, cells, is_numeric in zip(names, columns, are_numeric, strict=True):
        if name in MISSING_WORDS or (not is_numeric and name in cells):
            return False  # the row contains values, not names
    return any(
        name and is_numeric for name, is_numeric in zip(names, are_numeric, strict=True)
    )


def _column(position: int, rows: Sequence[Row]) -> list[str]:
    cells = [row[position].strip() for row in rows if position < len(row)]
    return [cell for cell in cells if cell]


def _are_numbers(cells: Sequence[str]) -> bool:
    num_numbers = sum(map(bool, map(NUMBER.fullmatch, cells)))
    return bool(cells) and num_numbers >= _MIN_NUMBERS * len(cells)


def names_below_groups(groups: Row, names: Row) -> list[str]:
    """Return the column names, joined with their groups if they are not unique.

    Example:
        >>> names_below_groups(["Size", "", ""], ["cm", "in", "kind"])
        ['cm', 'in', 'kind']
        >>> names_below_groups(["2023", "", "2024", "", ""], ["a", "b", "a", "b", "y"])
        ['2023 a', '2023 b', '2024 a', '2024 b', 'y']
    """
    counts = Counter(name.strip() for name in names)
    joined, group = [], ""
    for cell, name in zip(groups, names, strict=True):
        group, name = cell.strip() or group, name.strip()
        is_unique = name and counts[name] == 1
        joined.append(name if is_unique else " ".join(filter(None, [group, name])))
    return joined
