"""Reads cells that each contain several numbers, such as an image's pixels."""

import re
from collections.abc import Mapping

import numpy as np
import polars as pl

from assay._errors import InputError
from assay.data.columns.formats._pixel_lists import factors, read_pixels
from assay.data.columns.formats._written_arrays import (
    NUMBER,
    note_on_shortened,
    numbers_of_arrays,
    without_calls,
)
from assay.data.table._array_cells import (
    dense_cells,
    holds_cells,
    image_shape,
    read_cells,
)
from assay.data.table._array_options import Layout

__all__ = ["first_other_cell", "holds_number_lists", "read_number_lists"]

MIN_NUMBERS = 8
"""With fewer numbers, text may be a phone number, a date or a number with spaces."""

_CELLS_AT_ONCE = 1_000
_ARRAYS = (None, "image", "sequence")
_SEPARATORS = {";": r"\s*;\s*", ",": r"\s*,\s*", " ": r"\s+"}
_SEVERAL = {
    separator: rf"^\s*[\[(]?\s*{NUMBER}(?:{pattern}{NUMBER})+\s*[\])]?\s*$"
    for separator, pattern in _SEPARATORS.items()
}
# A sequence may have a single step, and tuples with one number end with a comma.
_ANY = {
    separator: rf"^\s*[\[(]?\s*(?:{NUMBER}(?:{pattern}{NUMBER})*(?:{pattern})?)?"
    r"\s*[\])]?\s*$"
    for separator, pattern in _SEPARATORS.items()
}


def read_number_lists(
    column: pl.Series, layout: Layout
) -> tuple[pl.Series, tuple[str, ...], Layout]:
    """Convert a column to arrays if its cells are lists of numbers.

    If no kind is set, lists in text are converted only if they may be the pixels of
    images, that is, whole numbers from 0 to 255. For other lists of equal length, a
    note is returned.

    Args:
        column: any column.
        layout: the options, including the kinds set by the user.

    Returns:
        The column, notes, and the layout with the detected order of color channels.

    Raises:
        InputError: the kind is "image", but the numbers do not form images.

    Example:
        >>> cells = pl.Series("v", [" ".join(["7"] * 64)] * 2)
        >>> read_number_lists(cells, Layout())[0].dtype.shape
        (8, 8, 1)
    """
    kind = layout.kinds.get(column.name)
    unchanged = column, (), layout
    if column.dtype != pl.String:
        numbers = _flat_lists(column) if kind == "image" else None
        return unchanged if numbers is None else _images(column, numbers, layout, "")
    if kind not in _ARRAYS:
        return unchanged
    column = numbers_of_arrays(column)
    if column.dtype != pl.String:
        is_clear = kind is not None or _are_arrays(column)
        return (column, (), layout) if is_clear else unchanged
    if note := note_on_shortened(column):
        return *unchanged[:1], (note,), layout
    patterns = _ANY if kind == "sequence" else _SEVERAL
    if kind is None and _num_numbers(column) < MIN_NUMBERS:
        return unchanged
    present = column.drop_nulls()
    separator = _separator(present, patterns)
    if not separator:
        return unchanged
    if kind == "sequence" or (kind == "image" and column.null_count()):
        return _lists(column, separator), (), layout
    counts = present.str.count_matches(NUMBER)
    count = int(counts[0]) * bool((counts == counts[0]).all())
    if kind is None and (count < MIN_NUMBERS or column.null_count()):
        return unchanged
    numbers = _matrix(column, separator) if count else None
    return _images(column, numbers, layout, separator)


def _are_arrays(column: pl.Series) -> bool:
    """Return whether cells are images or sequences, with none missing."""
    try:
        read_cells(column, None)
    except InputError:
        return False
    return True


def _flat_lists(column: pl.Series) -> np.ndarray | None:
    """Return lists of equal length as an array (n, count), or None for other cells."""
    if not holds_cells(column) or column.null_count():
        return None
    cells = dense_cells(column)
    return cells if cells is not None and cells.ndim == 2 else None


def _images(
    column: pl.Series, numbers: np.ndarray | None, layout: Layout, separator: str
) -> tuple[pl.Series, tuple[str, ...], Layout]:
    """Return numbers (n, count) as images, or the column unchanged with a note."""
    is_image = layout.kinds.get(column.name) == "image"
    if numbers is not None:
        pixels = read_pixels(column.name, numbers, layout, is_image=is_image)
        if pixels is not None:
            return pixels.column, (pixels.note,), pixels.layout
    count = 0 if numbers is None else numbers.shape[1]
    if is_image:
        raise InputError(_why_no_image(column.name, count, layout, separator))
    return column, (_note(column.name, count),), layout


def holds_number_lists(cells: pl.Series) -> bool:
    """Return whether all cells are lists of numbers.

    The first list must contain at least MIN_NUMBERS numbers.

    Example:
        >>> holds_number_lists(pl.Series(["[1 2 3 4 5 6 7 8]", "[1.5 2]"]))
        True
    """
    cells = cells.drop_nulls()
    return _num_numbers(cells) >= MIN_NUMBERS and bool(_separator(cells, _SEVERAL))


def _num_numbers(cells: pl.Series) -> int:
    """Return how many numbers are in the first cell that is not missing, or 0."""
    return len(re.findall(NUMBER, str(cells.first(ignore_nulls=True) or "")))


def _separator(cells: pl.Series, patterns: Mapping[str, str]) -> str:
    """Return the separator between the numbers in all cells, or "" for other text.

    Args:
        cells: text cells, none of them missing.
        patterns: patterns that match whole cells, by separator.
    """
    # Most columns of a table are ruled out by their first value.
    first = str(cells[0]) if len(cells) else ""
    for separator, pattern in patterns.items():
        if re.search(pattern, first) and cells.str.contains(pattern).all():
            return separator
    return ""


def first_other_cell(cells: pl.Series) -> int | None:
    """Return the row of the first cell that is not a list of numbers, or None."""
    plain = without_calls(cells)
    others = [~plain.str.contains(pattern) for pattern in _ANY.values()]
    rows = (others[0] & others[1] & others[2]).arg_true()
    return int(rows[0]) if len(rows) else None


def _matrix(column: pl.Series, separator: str) -> np.ndarray:
    """Return the numbers (n, count) of cells that each contain `count` numbers."""
    plain = _plain(column, separator)
    parts = [
        np.fromstring(" ".join(plain[start : start + _CELLS_AT_ONCE]), sep=" ")
        for start in range(0, len(plain), _CELLS_AT_ONCE)
    ]
    return np.concatenate(parts).astype(np.float32).reshape(len(plain), -1)


def _lists(column: pl.Series, separator: str) -> pl.Series:
    """Return the numbers of each cell as a list, or null if the cell is missing."""
    numbers = _plain(column, separator).str.extract_all(NUMBER)
    return numbers.cast(pl.List(pl.Float64))


def _plain(column: pl.Series, separator: str) -> pl.Series:
    """Return the numbers without brackets, separated by spaces."""
    plain = column.str.strip_chars("[]() \t\n\r")
    return plain if separator == " " else plain.str.replace_all(separator, " ")


def _note(name: str, count: int) -> str:
    shape = image_shape(count, None)
    pixels = ""
    if shape is not None and shape[2] == 3:
        pixels = f" To read them as {shape[0]} x {shape[1]} color images, write "
        pixels += f"kinds={{{name!r}: 'image'}}."
    return (
        f"Each cell of {name!r} contains {count} numbers. To read them as sequences, "
        f"write kinds={{{name!r}: 'sequence'}}.{pixels}"
    )


def _why_no_image(name: str, count: int, layout: Layout, separator: str) -> str:
    """Return the reason lists of numbers cannot be read as images, with a fix."""
    as_sequence = f"kinds={{{name!r}: 'sequence'}}"
    if not count:
        return (
            f"All cells of {name!r} must contain the same number of pixels. "
            f"Add the missing pixels, or write {as_sequence}."
        )
    shape = image_shape(count, layout.image_size)
    if shape is not None:
        return _unknown_order(name, shape, separator)
    square, size = image_shape(count, None), factors(count)
    found = f"Each cell of {name!r} contains {count} numbers"
    if layout.image_size is not None:
        height, width = layout.image_size
        size = size if square is None else square[:2]
        return (
            f"{found}, but an image of {height} x {width} has {height * width} pixels. "
            f"Write image_size={size}. Lists of pixels cannot be resized."
        )
    return (
        f"{found}, which do not form a square image. Write the height and width, such "
        f"as image_size={size}, or {as_sequence}."
    )


def _unknown_order(name: str, shape: tuple[int, ...], separator: str) -> str:
    height, width, channels = shape
    split = "split()" if separator == " " else f"strip('[]()').split({separator!r})"
    cells = f"[cell.{split} for cell in frame[{name!r}]]"
    cells = cells if separator else f"list(frame[{name!r}])"
    return (
        f"The cells of {name!r} may be {height} x {width} color images, but the "
        "order of their numbers is unclear. In Python, write np.savez('images.npz', "
        f"X=np.array({cells}, float).reshape(-1, {height}, {width}, {channels}), "
        f"y=classes), or .reshape(-1, {channels}, {height}, {width}).transpose(0, 2, "
        "3, 1) if all red values come first."
    )
