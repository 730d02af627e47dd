"""Determines whether a target contains quantities, and checks them."""

import numpy as np
import polars as pl

from assay._errors import Faults, fault
from assay.data.columns._wording import affected_rows
from assay.data.columns.formats._numbers import example_of_points
from assay.data.columns.target._task import Task

__all__ = [
    "MAX_WHOLE_CLASSES",
    "are_quantities",
    "note_on_points",
    "note_on_rewritten",
    "regression",
]

MAX_WHOLE_CLASSES = 20
"""With more distinct values than this, whole numbers are quantities, not classes."""

MAX_CLASS_SHARE = 0.10
"""With a higher ratio of distinct values to rows, whole numbers are quantities. Classes
need ten examples each on average."""


def are_quantities(values: pl.Series) -> tuple[bool, str]:
    """Return whether numbers are quantities rather than classes, and the reason."""
    if not (values.dtype.is_integer() or bool((values == values.floor()).all())):
        return True, "numbers with fractions are treated as quantities"
    if values.dtype.is_float() and values.is_infinite().any():
        return True, "infinite numbers cannot be classes"
    num_distinct = values.n_unique()
    numbers = f"{num_distinct} different whole numbers in {len(values)} rows"
    few = num_distinct <= max(2, MAX_CLASS_SHARE * len(values))
    if num_distinct <= MAX_WHOLE_CLASSES and few:
        return False, f"{numbers} are treated as classes"
    return True, f"{numbers} are treated as quantities"


def regression(
    values: pl.Series, reason: str, faults: Faults
) -> tuple[np.ndarray, Task]:
    target = values.cast(pl.Float64).to_numpy()
    task = Task("regression", values.name, (), reason)
    infinite = np.flatnonzero(~np.isfinite(target))
    if infinite.size:
        row = int(infinite[0])
        faults.add(
            fault(
                f"isfinite({values.name})",
                values.name,
                float(target[row]),
                f"{affected_rows(infinite.size, row)} Correct or drop these rows.",
            )
        )
    elif target.size and target.min() == target.max():
        faults.add(
            fault(
                f"min({values.name}) < max({values.name})",
                values.name,
                float(target[0]),
                "The target has this value in every row. Choose another column.",
            )
        )
    return target, task


def note_on_rewritten(cells: pl.Series, values: pl.Series) -> str:
    """Return a note on how a formatted number was read, or "" if there is none."""
    if cells.dtype != pl.String:
        return ""
    direct = cells.cast(pl.Float64, strict=False)
    rows = ((direct != values).fill_null(True) & values.is_not_null()).arg_true()
    return f"; {cells[rows[0]]!r} is read as {values[rows[0]]:g}" if len(rows) else ""


def note_on_points(cells: pl.Series, values: pl.Series) -> str:
    """Return a note if "." may be a thousands separator, or "" otherwise.

    Args:
        cells: the target before conversion.
        values: the numbers that were read.
    """
    if cells.dtype != pl.String or not (example := example_of_points(cells)):
        return ""
    if float(example) not in values.filter(cells.str.strip_chars() == example):
        return ""  # read as a thousands separator
    whole = example.replace(".", "")
    return (
        f"; {example!r} is read with a decimal point; if the point separates "
        f"thousands, write {whole}"
    )
