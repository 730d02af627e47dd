"""Converts pandas columns and lists of Python objects to polars columns."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import numpy as np
import polars as pl

__all__ = ["from_pandas", "python_values"]


def from_pandas(name: str, column: Any) -> pl.Series:
    """Return a pandas column as a polars column."""
    dtype = column.dtype
    if str(dtype).startswith("period"):  # converted to the start of the period
        return from_pandas(name, column.dt.to_timestamp())
    if dtype == np.longdouble:
        column = column.astype(np.float64)
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return pl.Series(name, np.ascontiguousarray(column.to_numpy()))
    if isinstance(dtype, np.dtype) and dtype.kind in "Mm":
        values = column.to_numpy().astype(f"{dtype.kind}8[us]")
        return pl.Series(name, np.ascontiguousarray(values))
    values = column.astype(object).where(column.notna(), None).tolist()
    if str(dtype) == "category":
        text = [None if value is None else str(value) for value in values]
        return pl.Series(name, text, dtype=pl.Categorical)
    return _of_objects(name, values)


def _of_objects(name: str, values: list[Any]) -> pl.Series:
    """Return Python objects, such as arrays or times with time zones, as a column.

    Times in different zones are converted to UTC.
    """
    if values and all(isinstance(value, np.ndarray) for value in values):
        shapes = {value.shape for value in values}
        cells = np.stack(values) if len(shapes) == 1 else [v.tolist() for v in values]
        return pl.Series(name, cells, strict=False)
    values = [v.tolist() if isinstance(v, np.ndarray) else v for v in values]
    values = python_values(values)
    if any(getattr(value, "tzinfo", None) for value in values):
        zones = {getattr(value, "tzinfo", None) for value in values}
        if len(zones) > 1:
            values = [_in_utc(value) for value in values]
    return pl.Series(name, values, strict=False)


def python_values(values: Iterable[Any]) -> list[Any]:
    """Convert NumPy numbers to Python numbers, and times in text columns to text.

    Otherwise, polars would read words among NumPy numbers as missing values.
    """
    values = [
        value.item()
        if isinstance(value, np.generic) and value.dtype.kind in "biuf"
        else value
        for value in values
    ]
    if not any(isinstance(value, str) for value in values):
        return values
    times = (datetime, np.datetime64, np.timedelta64)
    return [str(value) if isinstance(value, times) else value for value in values]


def _in_utc(value: Any) -> Any:
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(UTC).replace(tzinfo=None)
    return value
