"""Determines the classes of a target."""

import re
from collections.abc import Sequence

import numpy as np
import polars as pl

from assay._errors import Faults, fault
from assay.data.columns._parse import read_as
from assay.data.columns.formats.dates._date_style import date_style
from assay.data.columns.target._task import Class

__all__ = [
    "are_numbers",
    "check_classes",
    "class_labels",
    "note_on_merged_classes",
    "positions",
]

MAX_WORD_SHARE = 0.5
"""Maximum ratio of classes to rows; above it, a class averages under two examples."""


def positions(values: pl.Series) -> np.ndarray:
    """Return the index of each value among the sorted distinct values, (n,) int32."""
    distinct = values.unique().sort()
    if values.dtype == pl.String:
        codes = values.cast(pl.Enum(distinct)).to_physical().to_numpy()
    else:
        codes = np.searchsorted(distinct.to_numpy(), values.to_numpy())
    return codes.astype(np.int32)


def class_labels(values: pl.Series, cells: pl.Series) -> list[Class]:
    """Return the classes in sorted order, as written in the cells.

    Numbers and booleans are kept if they are written in their usual form, or if a value
    is written in several ways. Otherwise, the classes are the text of the cells, such
    as TRUE or 1.50.
    """
    distinct = values.unique().sort().to_list()
    plain = [int(c) if isinstance(c, float) and c.is_integer() else c for c in distinct]
    if cells.dtype != pl.String or values.dtype == pl.String:
        return plain
    pairs = pl.DataFrame([values.alias("value"), cells.alias("cell")]).unique()
    written = dict(pairs.iter_rows())
    if len(set(written.values())) < cells.n_unique():
        return plain
    text = [written[value] for value in distinct]
    if all(re.fullmatch(r"-?\d\.\d+e[+-]\d\d", name) for name in text):
        return plain  # NumPy writes whole numbers in this form, such as 1.000000e+00
    for labels in (plain, distinct):
        if [str(label) for label in labels] == text:
            return labels
    return text


def check_classes(
    values: pl.Series, classes: Sequence[Class], task: str | None, faults: Faults
) -> None:
    if task == "binary" and len(classes) > 2:
        fix = "Write task='multiclass', or omit `task`."
        faults.add(fault("num_classes == 2", "num_classes", len(classes), fix))
    if len(classes) == 1:
        fix = (
            f"{values.name!r} is {classes[0]!r} in every row. Choose another column, "
            "or add rows with another class."
        )
        faults.add(fault("num_classes >= 2", "num_classes", 1, fix))
    elif len(classes) > max(2, MAX_WORD_SHARE * len(values)):
        rule = f"num_classes <= {int(MAX_WORD_SHARE * len(values))}"
        fix = (
            f"The classes of {values.name!r} would have fewer than two examples on "
            "average. Choose another column, or add examples."
        )
        if first := _first_date(values):
            fix += " If the dates are quantities, replace each with a number, such as "
            fix += f"the days since {first}."
        elif are_numbers(values):
            fix += " If the values are quantities, write task='regression'."
        elif all(re.match(r"[^A-Za-z]*\d", str(name)) for name in classes):
            fix += " If the values are quantities, write plain numbers, such as 12.5."
        faults.add(fault(rule, "num_classes", len(classes), fix))


def _first_date(values: pl.Series) -> str:
    """Return the earliest date in a column of dates, or "" for other columns."""
    if values.dtype != pl.String or values.str.contains(r"^[+-]?\d+$").all():
        return ""
    dates = read_as(values, "date", date_style(values).name).values
    return "" if dates.null_count() else f"{dates.min():%Y-%m-%d}"


def are_numbers(values: pl.Series) -> bool:
    """Return whether all classes could also be read as numbers.

    Example:
        >>> are_numbers(pl.Series(["007", "12345678901234567890"]))
        True
    """
    return read_as(values, "number").values.null_count() == 0


def note_on_merged_classes(cells: pl.Series, values: pl.Series) -> str:
    """Return a note if a class such as 1.0 is merged with 1, or "" otherwise."""
    if cells.dtype != pl.String:
        return ""
    if values.dtype.is_numeric():
        pairs = pl.DataFrame([values.alias("value"), cells.alias("cell")]).unique()
        pairs = pairs.filter(pl.col("value").is_duplicated()).sort("value", "cell")
        same = pairs["cell"].head(2).to_list()
        return f"; {same[0]!r} and {same[1]!r} are the same class" if same else ""
    if values.dtype != pl.String:
        return ""
    rows = (cells != values).fill_null(False).arg_true()
    return f"; {cells[rows[0]]!r} is read as {values[rows[0]]!r}" if len(rows) else ""
