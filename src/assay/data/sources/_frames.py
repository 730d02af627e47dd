"""Data in memory as polars or pandas frames, or as a mapping of columns."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from assay._errors import InputError, fault
from assay.data.table._table import Source, Table

__all__ = ["FRAME", "frame_of", "is_frame"]


def is_frame(given: Any) -> bool:
    """Whether something is a polars frame, a pandas frame or a pandas column."""
    return isinstance(given, pl.DataFrame | pl.LazyFrame) or _is_pandas(given)


def frame_of(given: Any) -> pl.DataFrame:
    """Return a polars frame of a polars or pandas frame."""
    if isinstance(given, pl.LazyFrame):
        return given.collect()
    if isinstance(given, pl.DataFrame):
        return given
    if not hasattr(given, "columns"):
        given = given.to_frame()
    names = [str(name) for name in given.columns]
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if repeated:
        raise InputError(
            [
                fault(
                    "column names are unique",
                    "column",
                    name,
                    f"{names.count(name)} columns bear this name; rename all but one.",
                )
                for name in repeated
            ]
        )
    return pl.DataFrame(
        [_column(name, given.iloc[:, position]) for position, name in enumerate(names)]
    )


def _is_pandas(given: Any) -> bool:
    # Recognised by name, so that pandas is never imported here.
    return type(given).__module__.split(".")[0] == "pandas" and hasattr(given, "iloc")


def _column(name: str, column: Any) -> pl.Series:
    dtype = column.dtype
    if isinstance(dtype, np.dtype) and dtype.kind in "biuf":
        return pl.Series(name, np.ascontiguousarray(column.to_numpy()))
    if isinstance(dtype, np.dtype) and dtype.kind in "Mm":
        values = column.to_numpy().astype(f"{dtype.kind}8[us]")
        return pl.Series(name, np.ascontiguousarray(values))
    values = column.astype(object).where(column.notna(), None).tolist()
    return pl.Series(name, values, strict=False)


def _accepts(given: Any) -> bool:
    return is_frame(given) or (
        isinstance(given, Mapping) and all(isinstance(name, str) for name in given)
    )


def _read(given: Any) -> Table:
    if isinstance(given, Mapping):
        lengths = {name: len(values) for name, values in given.items()}
        if len(set(lengths.values())) > 1:
            raise InputError(
                fault(
                    "columns are equally long",
                    "lengths",
                    lengths,
                    "Give every column one value a row.",
                )
            )
        return Table(pl.DataFrame(given, strict=False), name="table", source="columns")
    kind = "polars" if isinstance(given, pl.DataFrame | pl.LazyFrame) else "pandas"
    return Table(frame_of(given), name="table", source=f"{kind} frame")


FRAME = Source(
    "frame", "a polars or pandas frame, or a mapping of columns", _accepts, _read
)
