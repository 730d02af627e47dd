"""Finds version and section numbers that are equal as decimals: 1.1 and 1.10."""

import re
from collections.abc import Sequence

import polars as pl

__all__ = ["merged_versions"]

_FIRST_ROWS = 1_000  # enough to rule out most columns
_SAMPLE_ROWS = 10_000
_MIN_MINOR = 11  # fewer consecutive parts may also be decimals

_VERSION_OR_WORD = r"^\s*\d{1,4}\.(?:0|[1-9]\d?)\s*$|^\D*$"
_TRAILING_ZERO = r"\.[1-9]0\s*$"
_NAME = re.compile(
    r"(?i:(?:^|[\W_])(?:version|ver|release|revision|rev|firmware|section|sec|chapter"
    r"|clause|kapitel|abschnitt))(?:s|[\W_]*(?i:no|nr|number|code|name))?$"
    r"|[a-z](?:Version|Release|Revision|Firmware|Section|Chapter)$"
)


def merged_versions(columns: Sequence[pl.Series]) -> dict[str, str]:
    """Return a cell such as '1.10' for each column that also contains '1.1', by name.

    Decimals may also be written as both 1.1 and 1.10. Therefore, the column name must
    suggest versions or sections, or the parts after the point must count from 1 to at
    least 11 for one of the numbers before the point. No part may have a leading zero,
    as in 1.05.

    Args:
        columns: text columns of the same length.

    Example:
        >>> merged_versions([pl.Series("version", ["1.1", "1.9", "1.10"])])
        {'version': '1.10'}
        >>> merged_versions([pl.Series("size", ["1.1", "1.9", "1.10"])])
        {}
    """
    if not columns:
        return {}
    text, cells = pl.DataFrame(columns).head(_SAMPLE_ROWS), pl.all()
    for mask in (
        cells.head(_FIRST_ROWS).str.contains(_VERSION_OR_WORD).all(),
        cells.str.contains(_TRAILING_ZERO).any(),
        cells.str.contains(_VERSION_OR_WORD).all(),
    ):
        found = text.select(mask)
        text = text.select(column.name for column in found if column.all())
    examples = {column.name: _example(column) for column in text}
    return {name: example for name, example in examples.items() if example}


def _example(cells: pl.Series) -> str:
    """Return the first version that equals another one as a decimal number, or ""."""
    known = cells.str.strip_chars().unique(maintain_order=True).drop_nulls().to_list()
    versions = set(known)
    merged = [cell for cell in known if cell[-1] == "0" and cell[:-1] in versions]
    if _NAME.search(cells.name):
        return merged[0] if merged else ""
    return next((cell for cell in merged if _counts(cell, versions)), "")


def _counts(version: str, versions: set[str]) -> bool:
    """Return whether versions with the same first number count from 1 to 11 or more."""
    first, _, _ = version.partition(".")
    minors = [int(v.partition(".")[2]) for v in versions if v.startswith(f"{first}.")]
    return max(minors) >= _MIN_MINOR and {*range(1, max(minors) + 1)} <= {*minors}
