"""Reads polars and pandas frames, and mappings of columns."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from assay._errors import InputError, fault
from assay.data.table._table import Reader, Table

__all__ = ["FRAME", "frame_of", "is_frame"]


def is_frame(source: Any) -> bool:
    """Return whether a source is a polars frame, a pandas frame or a pandas column."""
    return isinstance(source, pl.DataFrame | pl.LazyFrame) or _is_pandas(source)


def frame_of(source: Any) -> pl.DataFrame:
    """Convert a polars or pandas frame to a polars frame."""
    if isinstance(source, pl.LazyFrame):
        return source.collect()
    if isinstance(source, pl.DataFrame):
        return source
    if not hasattr(source, "columns"):
        source = source.to_frame()
    names = [str(name) for name in source.columns]
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise InputError(
            [
                fault(
                    f"columns.count({name!r}) == 1",
                    "column",
                    name,
                    f"{names.count(name)} columns have this name. Rename all but one.",
                )
                for name in repeated
            ]
        )
    return pl.DataFrame(
        [_column(name, source.iloc[:, position]) for position, name in enumerate(names)]
    )


def _is_pandas(source: Any) -> bool:
    # Recognized by name, so that pandas is never imported here.
    return type(source).__module__.split(".")[0] == "pandas" and hasattr(source, "iloc")


def _column(name: str, column: Any) -> pl.Series:
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return pl.Series(name, np.ascontiguousarray(column.to_numpy()))
    if isinstance(dtype, np.dtype) and dtype.kind in "Mm":
        values = column.to_numpy().astype(f"{dtype.kind}8[us]")
        return pl.Series(name, np.ascontiguousarray(values))
    values = column.astype(object).where(column.notna(), None).tolist()
    return pl.Series(name, values, strict=False)


def _accepts(source: Any) -> bool:
    return is_frame(source) or (
        isinstance(source, Mapping) and all(isinstance(name, str) for name in source)
    )


def _read(source: Any) -> Table:
    if isinstance(source, Mapping):
        lengths = {name: len(values) for name, values in source.items()}
        if len(set(lengths.values())) > 1:
            raise InputError(
                fault(
                    "len(set(lengths.values())) == 1",
                    "lengths",
                    lengths,
                    "Pass one value per row for every column.",
                )
            )
        frame = pl.DataFrame(source, strict=False)
        return Table(frame, name="table", source="columns")
    kind = "polars" if isinstance(source, pl.DataFrame | pl.LazyFrame) else "pandas"
    return Table(frame_of(source), name="table", source=f"{kind} frame")


FRAME = Reader(
    "frame", "a polars or pandas frame, or a mapping of columns", _accepts, _read
)
"""The reader for frames and mappings of columns."""
