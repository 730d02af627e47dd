"""Checks and selects column names, and matches names that are encoded differently."""

import re
import unicodedata
from collections.abc import Iterable, Sequence

import polars as pl

from assay._errors import InputError

__all__ = [
    "INVISIBLE",
    "check_column_names",
    "look_the_same",
    "names_where",
    "with_known_names",
]

INVISIBLE = r"[\u200b\u2060\ufeff\u00ad]"
"""Pattern of zero-width characters, such as the byte order mark."""


def check_column_names(names: Iterable[str]) -> None:
    """Raise an InputError for names that polars interprets as patterns.

    Example:
        >>> check_column_names(["price", "^2", "$"])
    """
    found = [name for name in names if name.startswith("^") and name.endswith("$")]
    if found:
        raise InputError(
            f"Column names must not start with '^' and end with '$': {found}. Rename "
            "these columns."
        )


def names_where(frame: pl.DataFrame, condition: pl.Expr) -> list[str]:
    """Return the names of the columns with at least one cell that meets a condition.

    The columns are examined together, which is much faster if many of them are short.

    Example:
        >>> frame = pl.DataFrame({"a": [1, 2], "b": [3, 4]})
        >>> names_where(frame, pl.all() > 2)
        ['b']
    """
    return [column.name for column in frame.select(condition.any()) if column.any()]


def look_the_same(first: str, second: str) -> bool:
    """Return whether two names differ only in characters that look the same.

    Example:
        >>> look_the_same("gro\\u0308\\u00dfe", "gr\\u00f6\\u00dfe")
        True
    """
    return _visible(first) == _visible(second)


def with_known_names(frame: pl.DataFrame, wanted: Sequence[str]) -> pl.DataFrame:
    """Rename each column whose name looks the same as a wanted name that is missing."""
    names = frame.columns
    absent = set(wanted) - set(names)
    if not absent or all(map(str.isascii, (*absent, *names))):
        return frame
    others: dict[str, list[str]] = {}
    for name in names:
        if name not in wanted:
            others.setdefault(_visible(name), []).append(name)
    found = {name: others.get(_visible(name), []) for name in absent}
    return frame.rename({o[0]: name for name, o in found.items() if len(o) == 1})


def _visible(name: str) -> str:
    """Return a name with composed accents, plain spaces and no invisible characters."""
    composed = unicodedata.normalize("NFC", re.sub(INVISIBLE, "", name))
    return " ".join(composed.split())
