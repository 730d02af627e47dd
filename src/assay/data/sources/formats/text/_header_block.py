"""Joins column names with the group names in the rows above them.

Spreadsheets merge the cells of a group, so only its first cell is filled. pandas
repeats the name of a group above each of its columns.
"""

import itertools
import re
from collections import Counter
from collections.abc import Sequence

from assay.data.columns._parse import MISSING_WORDS

__all__ = ["NUMBER", "are_counted", "are_groups", "names_below_groups"]

NUMBER = re.compile(r"\s*[+-]?(\d+[.,]?\d*|[.,]\d+)([eE][+-]?\d+)?\s*")
"""Pattern of a cell that contains a number."""

_MIN_NUMBERS = 0.5  # minimum fraction of numbers; the first cell may be a unit

_MIN_COUNTED = 4  # fewer numbers may be evenly spaced by chance

Row = Sequence[str]


def are_groups(row: Row, below: Sequence[Row]) -> bool:
    """Return whether a row contains names for groups of columns.

    A group spans several columns: its first cell contains its name, and its other
    cells are empty or repeat the name. The next row must contain the column names, and
    at least one of these columns must contain numbers.

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


def are_counted(names: Row, below: Sequence[Row]) -> bool:
    """Return whether the numbers in the first row are names, not data.

    Columns for array indices, years or wavelengths have evenly spaced numbers as names.

    Args:
        names: the first row.
        below: the rows below it, without blank lines.

    Example:
        >>> are_counted(["0", "1", "label"], [["5", "3", "a"], ["2", "4", "b"]])
        True
        >>> are_counted(["1", "2", "a"], [["5", "3", "a"], ["2", "4", "b"]])
        False
    """
    found, rows = _evenly_spaced(names), below[:_MIN_COUNTED]
    if not found or all(_evenly_spaced(row) for row in rows):
        return False
    columns = [_column(position, below) for position in range(len(names))]
    words = [p for p, name in enumerate(names) if name and not NUMBER.fullmatch(name)]
    if words:
        return not any(
            names[position].strip() in columns[position] for position in words
        )
    if len(found) >= _MIN_COUNTED - (found[0] == 0):
        return True
    cells = [cell for row in rows for cell in row]
    return not any("." in name for name in names) and any("." in cell for cell in cells)


def _evenly_spaced(row: Row) -> list[float]:
    """Return the numbers in a row if their steps are equal and positive, or []."""
    cells = [cell.replace(",", ".") for cell in row if NUMBER.fullmatch(cell)]
    numbers = [float(cell) for cell in cells]
    steps = [after - before for before, after in itertools.pairwise(numbers)]
    are_even = steps and steps[0] > 0 and max(steps) - min(steps) < 1e-6 * steps[0]
    return numbers if are_even else []


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
