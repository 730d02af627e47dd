"""Converts pandas columns to polars columns."""

from typing import Any

import numpy as np
import polars as pl

from assay.data.sources.frames._cell_objects import column_of_objects

__all__ = ["from_pandas"]


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
    return column_of_objects(name, values)
