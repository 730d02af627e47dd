"""Reads polars and pandas frames, mappings of columns, and lists of rows."""

from collections import Counter
from collections.abc import Mapping, Sequence, Set
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
import polars as pl

from assay._errors import InputError, fault
from assay.data.columns._select import UNUSED_INDEX
from assay.data.sources.frames._cell_objects import column_of_objects, without_objects
from assay.data.sources.frames._pandas_columns import from_pandas
from assay.data.table._array_names import find_arrays
from assay.data.table._table import Reader, Table

__all__ = [
    "FRAME",
    "check_no_parts",
    "frame_of",
    "has_fields",
    "has_names",
    "is_frame",
    "is_pandas",
    "is_table",
    "key_of_part",
    "notes_on_index",
]

# Methods from Dask, from cuDF and Modin, from Spark, and from xarray, respectively.
_CONVERSIONS = ("compute", "to_pandas", "toPandas", "to_dataframe")


def is_frame(source: Any) -> bool:
    """Return whether a source is a frame, Arrow table, structured array or column."""
    is_polars = isinstance(source, pl.DataFrame | pl.LazyFrame | pl.Series)
    known = is_polars or is_pandas(source) or _is_arrow(source) or has_names(source)
    return known or _conversion(source) is not None


def frame_of(source: Any) -> pl.DataFrame:
    """Convert a frame, an Arrow table or a structured array to a polars frame."""
    if isinstance(source, pl.DataFrame):
        return without_objects(source)
    if isinstance(source, pl.Series):
        return without_objects(source.to_frame())
    if has_names(source):
        rows = source.ravel()
        cells = {name: rows[name].tolist() for name in source.dtype.names}
        return pl.DataFrame([column_of_objects(*column) for column in cells.items()])
    if isinstance(source, pl.LazyFrame) or _is_arrow(source):
        return _collected(source)
    if method := _conversion(source):
        raise InputError(
            f"The {type(source).__module__.split('.')[0]} {type(source).__name__} "
            f"cannot be read directly. Pass frame.{method}() instead of frame."
        )
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
        [from_pandas(name, source.iloc[:, place]) for place, name in enumerate(names)]
    )


def has_names(source: Any) -> bool:
    """Return whether a source is a NumPy structured array."""
    return isinstance(source, np.ndarray) and source.dtype.names is not None


def is_pandas(source: Any) -> bool:
    """Return whether a source is a pandas frame or series."""
    # Checking module names avoids importing pandas. Base classes are included because
    # GeoDataFrame is a subclass.
    modules = {base.__module__.split(".")[0] for base in type(source).__mro__}
    return "pandas" in modules and hasattr(source, "iloc")


def _is_arrow(source: Any) -> bool:
    """Return whether a source provides the Arrow interface for tables."""
    kind = type(source)
    if isinstance(source, pl.DataFrame | pl.Series) or is_pandas(source):
        return False
    has_table = hasattr(kind, "__arrow_c_stream__") and not hasattr(kind, "chunks")
    # Hugging Face data sets have their own reader.
    return has_table and kind.__module__.split(".")[0] != "datasets"


def _conversion(source: Any) -> str | None:
    """Return the method that converts a table from another library, or None."""
    kind = type(source)
    if kind.__module__.split(".")[0] in ("datasets", "pandas", "polars", "pyarrow"):
        return None
    is_table = hasattr(source, "columns") or hasattr(source, "data_vars")
    return next((m for m in _CONVERSIONS if is_table and hasattr(kind, m)), None)


def _collected(source: Any) -> pl.DataFrame:
    """Return a lazy frame or an Arrow table as a frame.

    Raises:
        InputError: the query fails, or polars does not support a type.
    """
    is_lazy = isinstance(source, pl.LazyFrame)
    try:
        return source.collect() if is_lazy else pl.DataFrame(source)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        reason = str(error).partition("\n")[0]
        fix = (
            "Correct the query."
            if is_lazy
            else "Convert or drop the unsupported column."
        )
        raise InputError(
            f"The {type(source).__name__} cannot be read. Polars reports: "
            f"{reason.rstrip('.')}. {fix}"
        ) from error


def _accepts(source: Any) -> bool:
    if isinstance(source, list):
        rows = all(map(_has_names, source)) or all(map(has_fields, source))
        return bool(source) and rows
    return is_frame(source) or _has_names(source)


def _has_names(source: Any) -> bool:
    return isinstance(source, Mapping) and all(isinstance(name, str) for name in source)


def has_fields(row: Any) -> bool:
    """Return whether a row is a named tuple or a dataclass instance."""
    is_instance = is_dataclass(row) and not isinstance(row, type)
    return is_instance or (isinstance(row, tuple) and hasattr(row, "_fields"))


def _by_name(row: Any) -> dict[str, Any]:
    """Return the values of a named tuple or dataclass instance by name."""
    names = [field.name for field in fields(row)] if is_dataclass(row) else row._fields
    return {name: getattr(row, name) for name in names}


def _read(source: Any) -> Table:
    if isinstance(source, list) and has_fields(source[0]):
        source = list(map(_by_name, source))
    if isinstance(source, list):  # a list of mappings
        names = dict.fromkeys(name for row in source for name in row)
        source = {name: [row.get(name) for row in source] for name in names}
    if isinstance(source, Mapping):
        check_no_parts(source)
        _check_values(source)
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
        columns = {
            name: column_of_objects(name, list(values))
            if _holds_objects(values)
            else values
            for name, values in source.items()
        }
        try:
            frame = pl.DataFrame(columns, strict=False)
        except TypeError:  # objects that have a length but are not sequences
            types = {name: type(values).__name__ for name, values in source.items()}
            raise InputError(_not_columns(types)) from None
        notes = _notes_on_indexes([v for v in source.values() if is_pandas(v)])
        return Table(frame, name="table", source="columns", notes=notes)
    kind = "pandas" if is_pandas(source) else "polars"
    kind = "Arrow" if _is_arrow(source) else kind
    kind = "NumPy" if has_names(source) else kind
    notes = notes_on_index(source)
    return Table(frame_of(source), name="table", source=f"{kind} frame", notes=notes)


def _notes_on_indexes(columns: Sequence[Any]) -> tuple[str, ...]:
    """Return a note if pandas columns have different indexes."""
    if all(columns[0].index.equals(column.index) for column in columns):
        return ()
    return (
        "The columns have different indexes. Their rows are paired by position, not by "
        "index.",
    )


def _holds_objects(values: Any) -> bool:
    is_array = isinstance(values, np.ndarray)
    return isinstance(values, list) or (is_array and values.dtype == object)


def check_no_parts(source: Any) -> None:
    """Raise an InputError if a mapping or tuple contains several data sets."""
    key = key_of_part(source)
    if key is None:
        return
    is_frame = is_table(source[key])
    form = "(X_train, y_train), test_data=(X_test, y_test)"
    raise InputError(
        "The source contains several data sets. Pass them separately, as in "
        f"assay.data.load({'train_frame, test_data=test_frame' if is_frame else form})."
    )


def key_of_part(source: Any) -> Any:
    """Return the key of the last of several data sets, or None if there is only one.

    Args:
        source: a mapping or tuple of data sets, or of the columns of one data set.
    """
    is_mapping = isinstance(source, Mapping)
    keys = list(source) if is_mapping else list(range(len(source)))
    values = [source[key] for key in keys]
    are_pairs = len(values) > 1 and all(map(_is_pair, values))
    are_tables = len(values) > 1 and all(map(is_table, values)) and _are_parts(source)
    if are_pairs or are_tables:
        return keys[-1]
    arrays = find_arrays(source) if _has_names(source) else None
    return arrays[-1].inputs if arrays and len(arrays) > 1 else None  # as in .npz


def _are_parts(source: Any) -> bool:
    """Return whether frames are several tables, rather than inputs and targets."""
    if isinstance(source, Mapping):
        return True
    first, second = (set(frame_of(frame).columns) for frame in source[:2])
    return len(second) > 1 and not first.isdisjoint(second)


def notes_on_index(inputs: Any, targets: Any = None) -> tuple[str, ...]:
    """Return notes on the unused index of a pandas frame.

    Args:
        inputs: a frame that contains the inputs.
        targets: the targets of its rows, if they are separate.
    """
    if not is_pandas(inputs):
        return ()
    notes = []
    names = [str(name) for name in inputs.index.names if name is not None]
    if names:
        notes.append(
            f"{UNUSED_INDEX}{', '.join(map(repr, names))}. To use it as a column, "
            "write frame.reset_index()."
        )
    if is_pandas(targets) and not inputs.index.equals(targets.index):
        notes.append(
            "X and y have different indexes. Their rows are paired by position, not by "
            "index."
        )
    return tuple(notes)


def is_table(value: Any) -> bool:
    """Return whether a value is a frame rather than a single column."""
    return is_frame(value) and not hasattr(value, "to_frame")


def _is_pair(value: Any) -> bool:
    """Return whether a value is a tuple of inputs and targets."""
    if not isinstance(value, tuple) or len(value) != 2:
        return False
    inputs, targets = value
    is_array = is_frame(inputs) or isinstance(inputs, np.ndarray)
    return is_array and (is_frame(targets) or isinstance(targets, np.ndarray | list))


def _check_values(columns: Mapping[str, Any]) -> None:
    """Raise an InputError if a column is not a sequence of values."""
    unordered = (str, bytes, Set, Mapping)
    wrong = {
        name: type(values).__name__
        for name, values in columns.items()
        if not hasattr(values, "__len__") or isinstance(values, unordered)
    }
    if wrong:
        raise InputError(_not_columns(wrong))


def _not_columns(types: Mapping[str, str]) -> str:
    rule = "isinstance(column, list) for each column"
    fix = "For each column, pass a list or an array with one value per row."
    return fault(rule, "types", types, fix)


FRAME = Reader(
    "frame",
    "a polars or pandas frame, a mapping of columns, or a list of rows with column "
    "names",
    _accepts,
    _read,
)
"""The reader for frames, mappings of columns, and lists of rows."""
