"""Parses arrays that Python wrote as text, such as '[[1 2]\\n [3 4]]' in a CSV file."""

import re

import polars as pl

__all__ = ["NUMBER", "note_on_shortened", "numbers_of_arrays", "without_calls"]

NUMBER = r"(?:[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|nan)"
"""Pattern of a number, or of a missing value as written by `numbers_of_arrays`."""

_SCALAR = r"\b(?:np|numpy)\.(?:float|int|uint)\d+\(([^()]*)\)"
_CALL = (
    r"\b(?:np\.|numpy\.)?(?:[aA]rray|tensor)"
    r"\(\s*([\[(][^()]*[\])])\s*(?:,\s*(?:dtype|device|grad_fn)=[^()]*)?\)"
)
_MISSING = r"\b(?:(?:np|numpy|math)\.nan|NaN|None|null|NA)\b"
_BEGIN = re.compile(r"\s*(?:[\w.]+\()?\s*[\[(]")
_GAP = r"[\s,\[\]]"
_LIST = rf"^\s*[\[(]{_GAP}*(?:{NUMBER}(?:{_GAP}+{NUMBER})*{_GAP}*)?[\])]\s*$"
_NESTED = rf"^\s*\[\s*\[{_GAP}*{NUMBER}(?:{_GAP}+{NUMBER})*{_GAP}*\]\s*\]\s*$"
_SHORTENED = rf"(?s)^\s*(?:\w+\()?\[.*{NUMBER}[\s,]*\.\.\.[\s,]*(?:\[|{NUMBER})"
_MATRICES = pl.List(pl.List(pl.Float64))


def numbers_of_arrays(cells: pl.Series) -> pl.Series:
    """Convert matrices to nested lists, and simplify the text of other lists.

    In other lists, calls such as array(...) and np.float64(...) are removed, and
    missing values are written as nan. Cells without lists are returned unchanged.

    Example:
        >>> numbers_of_arrays(pl.Series(["[[1 2]\\n [3 4]]"])).to_list()
        [[[1.0, 2.0], [3.0, 4.0]]]
        >>> numbers_of_arrays(pl.Series(["array([1, 2], dtype=uint8)"])).to_list()
        ['[1, 2]']
        >>> numbers_of_arrays(pl.Series(["[np.float64(0.5), None]"])).to_list()
        ['[0.5, nan]']
    """
    first = cells.first(ignore_nulls=True)
    if not isinstance(first, str) or not _BEGIN.match(first):
        return cells  # most columns are ruled out by their first value
    plain = without_calls(cells)
    present = plain.drop_nulls()
    if not re.search(_NESTED, present[0]) or not present.str.contains(_NESTED).all():
        return plain if present.str.contains(_LIST).all() else cells
    text = plain.str.replace_all(r"[\s,]+", ",").str.replace_all(r"\[,", "[")
    text = text.str.replace_all(r",\]", "]").str.replace_all(r"\]\[", "],[")
    text = text.str.replace_all(r"(\d)\.([,\]eE])", "${1}.0$2")
    text = text.str.replace_all(r"([\[,+-])\.(\d)", "${1}0.$2").str.replace_all(
        r"\+", ""
    )
    text = text.str.replace_all("nan", "null")
    try:
        return text.str.json_decode(_MATRICES)
    except pl.exceptions.PolarsError:  # for example, arrays with more than two axes
        return cells


def without_calls(cells: pl.Series) -> pl.Series:
    """Remove array(...) and np.float64(...) from cells, and replace None with nan."""
    if not cells.str.contains(r"[a-zA-Z]").any():
        return cells  # searching for each of the patterns takes longer
    plain = cells.str.replace_all(_SCALAR, "$1").str.replace_all(_CALL, "$1")
    return plain.str.replace_all(_MISSING, "nan")


def note_on_shortened(cells: pl.Series) -> str:
    """Return a note if NumPy or pandas abbreviated the arrays with "...", or ""."""
    first = cells.first(ignore_nulls=True)
    if not isinstance(first, str) or "..." not in first:
        return ""
    if not cells.head(1).str.contains(_SHORTENED).any():
        return ""
    return (
        f"Most numbers in the arrays of {cells.name!r} were lost when the file was "
        f"written, as in {first[:30]!r}. Write the arrays with np.savez or "
        "frame.to_parquet."
    )
