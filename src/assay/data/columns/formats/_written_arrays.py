"""Parses arrays that Python wrote as text, such as '[[1 2]\\n [3 4]]' in a CSV file."""

import polars as pl

__all__ = ["note_on_shortened", "numbers_of_arrays"]

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_CALL = r"(?s)^\s*(?:array|tensor|np\.array)\((.*?)(?:,\s*(?:dtype|device)=.*)?\)\s*$"
_GAP = r"[\s,\[\]]"
_NESTED = rf"^\s*\[\s*\[{_GAP}*{_NUMBER}(?:{_GAP}+{_NUMBER})*{_GAP}*\]\s*\]\s*$"
_SHORTENED = rf"(?s)^\s*(?:\w+\()?\[.*{_NUMBER}[\s,]*\.\.\.[\s,]*(?:\[|{_NUMBER})"
_MATRICES = pl.List(pl.List(pl.Float64))


def numbers_of_arrays(cells: pl.Series) -> pl.Series:
    """Return cells with matrices as nested lists, and without calls such as array(...).

    Other cells are returned unchanged.

    Example:
        >>> numbers_of_arrays(pl.Series(["[[1 2]\\n [3 4]]"])).to_list()
        [[[1.0, 2.0], [3.0, 4.0]]]
        >>> numbers_of_arrays(pl.Series(["array([1, 2], dtype=uint8)"])).to_list()
        ['[1, 2]']
    """
    first = cells.first(ignore_nulls=True)
    if not isinstance(first, str) or not first.rstrip().endswith(("]", ")")):
        return cells  # most columns are ruled out by their first value
    plain = cells.str.replace(_CALL, "$1")
    present = plain.drop_nulls()
    if not present.str.contains(_NESTED).all():
        return plain if present.str.starts_with("[").all() else cells
    text = plain.str.replace_all(r"[\s,]+", ",").str.replace_all(r"\[,", "[")
    text = text.str.replace_all(r",\]", "]").str.replace_all(r"\]\[", "],[")
    text = text.str.replace_all(r"(\d)\.([,\]eE])", "${1}.0$2")
    text = text.str.replace_all(r"([\[,+-])\.(\d)", "${1}0.$2").str.replace_all(
        r"\+", ""
    )
    try:
        return text.str.json_decode(_MATRICES)
    except pl.exceptions.PolarsError:  # for example, arrays with more than two axes
        return cells


def note_on_shortened(cells: pl.Series) -> str:
    """Return a note if NumPy or pandas left out numbers of arrays, or ""."""
    first = cells.first(ignore_nulls=True)
    if not isinstance(first, str) or "..." not in first:
        return ""
    if not cells.head(1).str.contains(_SHORTENED).any():
        return ""
    return (
        f"Most numbers of the arrays in {cells.name!r} were lost when the file was "
        f"written, as in {first[:30]!r}. Write the arrays with np.savez or "
        "frame.to_parquet."
    )
