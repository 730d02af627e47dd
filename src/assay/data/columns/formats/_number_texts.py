"""Parses text cells that each contain several numbers, such as an image's pixels."""

import re

import numpy as np
import polars as pl

from assay._errors import InputError
from assay.data.table._array_cells import square_side

__all__ = ["arrays_of_text", "holds_number_lists"]

MIN_PIXELS = 64
"""With fewer numbers, whole numbers from 0 to 255 are rarely the pixels of an image."""

MIN_NUMBERS = 8
"""With fewer numbers, text may be a phone number, a date or a number with spaces."""

_CELLS_AT_ONCE = 1_000
_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_SEPARATORS = {";": r"\s*;\s*", ",": r"\s*,\s*", " ": r"\s+"}
_SEVERAL = {
    separator: rf"^\s*[\[(]?\s*{_NUMBER}(?:{pattern}{_NUMBER})+\s*[\])]?\s*$"
    for separator, pattern in _SEPARATORS.items()
}


def arrays_of_text(
    column: pl.Series, kind: str | None
) -> tuple[pl.Series, tuple[str, ...]]:
    """Return a column of arrays if its cells are lists of numbers, and notes on them.

    If no kind is set, lists are converted only if they may be the pixels of square
    grayscale images, that is, whole numbers from 0 to 255. For other lists of equal
    length, a note is returned.

    Args:
        column: any column.
        kind: the kind set by the user; None to detect it.

    Raises:
        InputError: the kind is "image", but the numbers are not those of an image.

    Example:
        >>> cells = pl.Series("v", [" ".join(["7"] * 64)] * 2)
        >>> arrays_of_text(cells, None)[0].dtype.shape
        (8, 8)
    """
    if kind not in (None, "image", "sequence") or column.dtype != pl.String:
        return column, ()
    cells = column.drop_nulls()
    separator = _separator(cells)
    if not separator:
        return column, ()
    if kind == "sequence" or (kind == "image" and column.null_count()):
        return _lists(column, separator), ()
    return _images_or_notes(column, separator, kind)


def holds_number_lists(cells: pl.Series) -> bool:
    """Return whether all cells are lists of numbers.

    The first list must contain at least MIN_NUMBERS numbers.

    Example:
        >>> holds_number_lists(pl.Series(["[1 2 3 4 5 6 7 8]", "[1.5 2]"]))
        True
    """
    cells = cells.drop_nulls()
    counts = cells.head(1).str.count_matches(_NUMBER)
    return bool((counts >= MIN_NUMBERS).any()) and bool(_separator(cells))


def _separator(cells: pl.Series) -> str:
    """Return the separator of the numbers in all cells, or "" for other text."""
    # Most columns of a table are ruled out by their first value.
    first = str(cells[0]) if len(cells) else ""
    for separator, several in _SEVERAL.items():
        if re.search(several, first):
            return separator if cells.str.contains(several).all() else ""
    return ""


def _images_or_notes(
    column: pl.Series, separator: str, kind: str | None
) -> tuple[pl.Series, tuple[str, ...]]:
    counts = column.drop_nulls().str.count_matches(_NUMBER)
    count = int(counts[0]) * bool((counts == counts[0]).all())
    side, name = square_side(count), column.name
    if kind == "image" and not side:
        raise InputError(_no_square(name, count))
    if kind is None and (count < MIN_NUMBERS or column.null_count()):
        return column, ()
    if side * side >= MIN_PIXELS or kind == "image":
        pixels = _matrix(column, separator).reshape(-1, side, side)
        are_bytes = bool(((pixels % 1 == 0) & (pixels >= 0) & (pixels < 256)).all())
        if are_bytes or kind == "image":
            note = (
                f"Each cell of {name!r} contains {count} numbers, which are read as an "
                f"image of {side} x {side} pixels."
            )
            images = pixels.astype(np.uint8 if are_bytes else np.float32)
            return pl.Series(name, images), (note,)
    return column, (_note(name, count),)


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
    numbers = _plain(column, separator).str.extract_all(_NUMBER)
    return numbers.cast(pl.List(pl.Float64))


def _plain(column: pl.Series, separator: str) -> pl.Series:
    """Return the numbers without brackets, separated by spaces."""
    plain = column.str.strip_chars("[]() \t\n\r")
    return plain if separator == " " else plain.str.replace_all(separator, " ")


def _note(name: str, count: int) -> str:
    side = square_side(count // 3) if count % 3 == 0 else 0
    if side * side >= MIN_PIXELS:
        return _color_note(name, side)
    return (
        f"Each cell of {name!r} contains {count} numbers. To read them as sequences, "
        f"write kinds={{{name!r}: 'sequence'}}."
    )


def _color_note(name: str, side: int) -> str:
    numbers = f"np.array([cell.split() for cell in frame[{name!r}]], np.uint8)"
    return (
        f"Each cell of {name!r} contains {3 * side * side} numbers, which may be the "
        f"pixels of color images of {side} x {side}. To train on them, write "
        f"np.savez('images.npz', X={numbers}.reshape(-1, {side}, {side}, 3), y=classes)"
        f" in Python, or .reshape(-1, 3, {side}, {side}).transpose(0, 2, 3, 1) if all "
        "red numbers come first."
    )


def _no_square(name: str, count: int) -> str:
    if count and count % 3 == 0 and square_side(count // 3):
        return _color_note(name, square_side(count // 3))
    found = f"each cell contains {count}" if count else "the cells differ in length"
    return (
        f"{name!r} must contain as many numbers per cell as a square image has pixels, "
        f"such as 784, but {found}. Write kinds={{{name!r}: 'sequence'}}."
    )
