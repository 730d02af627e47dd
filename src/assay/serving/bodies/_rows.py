"""Reads the rows in a JSON body as a table and collects their errors."""

import json
from collections.abc import Sequence
from typing import Any

import polars as pl

from assay._errors import Faults, did_you_mean
from assay.serving.bodies._array_cells import array_column
from assay.serving.bodies._schema import InputColumn, Schema

__all__ = ["frame_of_rows"]

_MISSING = object()
_MOST_INTEGER = 2**63


def frame_of_rows(rows: Sequence[Any], schema: Schema, faults: Faults) -> pl.DataFrame:
    """Return a table of the rows, with all columns that occur in at least one row.

    Args:
        rows: objects that map column names to values, lists of values in column order
            or, for images, sequences and text, the values themselves.
        schema: columns of the model.
        faults: collects the errors in the rows. If there are any, do not use the table.
    """
    read = [_by_name(place, row, schema, faults) for place, row in enumerate(rows)]
    named = {name for row in read if row is not None for name in row}
    columns = []
    for column in schema.columns:
        name = column.name
        if name not in named:
            continue  # reported later, together with a suggestion
        values = [None if row is None else row.get(name, _MISSING) for row in read]
        _check_present(name, values, read, faults)
        present = [None if value is _MISSING else value for value in values]
        series = _series(column, present, faults)
        nothing = pl.Series(name, [None] * len(read))
        columns.append(nothing if series is None else series)
    # Keep misspelled names, so that the error message can suggest the correct ones.
    others = sorted(named - {column.name for column in schema.columns})
    return pl.DataFrame(columns).with_columns(pl.lit(None).alias(n) for n in others)


def _by_name(
    place: int, row: Any, schema: Schema, faults: Faults
) -> dict[str, Any] | None:
    """Return a row as values by column name, or None if it is invalid."""
    if isinstance(row, dict):
        return row
    if schema.sole is not None:
        return {schema.sole.name: row}
    if not isinstance(row, list):
        faults.add(
            f"Row {place} must be an object or a list, but is {_shown(row)}. Write "
            f'{{"{schema.columns[0].name}": …}}.'
        )
        return None
    if len(row) != len(schema.order):
        names = ", ".join(schema.order[:20]) + ", …" * (len(schema.order) > 20)
        faults.add(
            f"Row {place} must have {len(schema.order)} values, but has {len(row)}. "
            f"Send the values of {names}, or an object whose keys are column names."
        )
        return None
    return dict(zip(schema.order, row, strict=True))


def _check_present(
    name: str, values: Sequence[Any], rows: Sequence[Any], faults: Faults
) -> None:
    """Add an error if the column is missing in some rows but not in all."""
    absent = [place for place, value in enumerate(values) if value is _MISSING]
    if absent:
        near = did_you_mean(name, rows[absent[0]] or ())
        faults.add(
            f"{name!r} is missing in {_rows(absent)}. Write null for unknown values."
            f"{near}"
        )


def _series(
    column: InputColumn, values: Sequence[Any], faults: Faults
) -> pl.Series | None:
    if column.shape:
        return array_column(column, values, faults)
    nested = [n for n, v in enumerate(values) if isinstance(v, list | dict)]
    if nested:
        shown = _shown(values[nested[0]])
        faults.add(
            f"{column.name!r} must be a single value, but is {shown} in "
            f"{_rows(nested)}. Write a {column.kind}, or null."
        )
        return None
    if column.kind == "text":
        others = [n for n, v in enumerate(values) if not isinstance(v, str | None)]
        if others:
            faults.add(
                f"{column.name!r} must be text, but is {_shown(values[others[0]])} in "
                f"{_rows(others)}. Write it in quotes."
            )
            return None
    return _plain_series(column.name, values)


def _plain_series(name: str, values: Sequence[Any]) -> pl.Series:
    """Return single values as a column. Values of mixed types are converted to text."""
    kinds = {type(value) for value in values if value is not None}
    if kinds <= {bool}:
        return pl.Series(name, values, dtype=pl.Boolean if kinds else pl.Null)
    if kinds == {str}:
        return pl.Series(name, values, dtype=pl.String)
    if kinds <= {int, float}:
        is_whole = kinds == {int} and all(
            v is None or -_MOST_INTEGER <= v < _MOST_INTEGER for v in values
        )
        return pl.Series(name, values, dtype=pl.Int64 if is_whole else pl.Float64)
    texts = [None if value is None else str(value) for value in values]
    return pl.Series(name, texts, dtype=pl.String)


def _rows(numbers: Sequence[int]) -> str:
    if len(numbers) == 1:
        return f"row {numbers[0]}"
    return f"{len(numbers)} rows, first in row {numbers[0]}"


def _shown(value: Any) -> str:
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    # A lookup in a dict could not distinguish True from 1.
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    return repr(value)[:40]
