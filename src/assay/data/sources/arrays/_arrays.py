"""Reads tables, images and time series from NumPy arrays in memory."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, fault
from assay.data.columns._select import UNUSED_ARRAYS
from assay.data.sources.arrays._image_and_series_arrays import (
    INPUTS,
    array_column,
    as_array,
    as_names,
    channel_names,
    is_numeric,
    notes_on_axes,
)
from assay.data.sources.arrays._named_rows import aligned
from assay.data.sources.arrays._targets import vector_of
from assay.data.sources.frames._frames import (
    check_no_parts,
    frame_of,
    has_fields,
    has_names,
    is_frame,
    is_table,
    notes_on_index,
)
from assay.data.table._array_names import PAIRS, pair_of
from assay.data.table._table import Reader, Table

__all__ = [
    "ARRAYS",
    "FEATURE_NAMES",
    "LENGTHS",
    "table_of_arrays",
]

FEATURE_NAMES = "feature_names"
LENGTHS = "lengths"
_SHOWN = 20  # maximum number of names listed in a message
_DESCRIPTIONS = ("target_names", "DESCR", "frame", "filename", "data_module", "details")
_DESCRIPTIONS += ("images", "data_filename", "target_filename", "categories", "url")
_MORE = {LENGTHS, FEATURE_NAMES, *_DESCRIPTIONS}


def table_of_arrays(
    inputs: Any,
    targets: Any = None,
    *,
    names: Any = None,
    lengths: Any = None,
    source: str = "arrays",
) -> Table:
    """Return a table with the given inputs and targets.

    Args:
        inputs: numbers (n, d), a frame, images (n, height, width[, channels]), time
            series (n, steps, channels), or a list of series of different lengths.
        targets: one class or number per example.
        names: column names of a table, or channel names of series.
        lengths: number of steps in each series (n,); the remaining steps of `inputs`
            (n, steps[, channels]) are padding.
        source: a description of the source of the arrays.

    Raises:
        InputError: an argument has the wrong shape or type.
    """
    faults = Faults()
    inputs, labels = aligned(inputs)
    names = labels if names is None else names
    options: dict[str, Any] = {"name": "table", "source": source}
    options["kinds"] = {} if lengths is None else {INPUTS: "sequence"}
    if is_frame(inputs):
        frame = frame_of(inputs)
        options["notes"] = notes_on_index(inputs, targets)
    elif (cells := array_column(inputs, lengths, faults)) is not None:
        frame = pl.DataFrame([cells])
        options["channels"] = channel_names(cells, names)
        options["notes"] = notes_on_axes(cells)
    elif faults.messages:
        frame = pl.DataFrame()
    else:
        frame = _columns(inputs, names, faults)
        options["positional"] = names is None
    if targets is None:
        faults.raise_if_any()
        return Table(frame, **options)
    values = vector_of(targets, faults)
    # The name of a pandas column may be None.
    target = str(getattr(targets, "name", values.name) or "target")
    _check_target(
        frame, values, target, faults, shape=tuple(getattr(inputs, "shape", ()))[1:]
    )
    faults.raise_if_any()
    frame = frame.with_columns(values.alias(target))
    return Table(frame, target=target, **options)


def _check_target(
    frame: pl.DataFrame,
    values: pl.Series,
    target: str,
    faults: Faults,
    *,
    shape: tuple[int, ...],
) -> None:
    if not faults.messages and len(values) != frame.height:
        lengths, fix = (frame.height, len(values)), "Pass one target per row."
        if len(values) in shape:
            axis = shape.index(len(values)) + 1
            fix += f" If the examples are along axis {axis} of X, write "
            fix += f"np.moveaxis(X, {axis}, 0)."
        faults.add(fault("len(X) == len(y)", "lengths", lengths, fix))
    if target in frame.columns:
        rule, fix = "target not in X.columns", "Rename or drop that column."
        faults.add(fault(rule, "target", target, fix))


def _columns(inputs: Any, names: Any, faults: Faults) -> pl.DataFrame:
    """Return a frame with one column of numbers per feature."""
    values: Any = as_array(inputs)
    if values is None:  # rows of different lengths
        values = np.empty(0, dtype=object)
    if not is_numeric(values):
        fix = _how_to_pass(inputs, values)
        faults.add(fault("X.dtype.kind in 'biuf'", "X.dtype", str(values.dtype), fix))
    elif values.ndim != 2 or not values.shape[1]:
        rule, fix = "X.ndim == 2 and X.shape[1] >= 1", _how_to_shape(inputs, values)
        faults.add(fault(rule, "X.shape", values.shape, fix))
    if faults.messages:
        return pl.DataFrame()
    if values.dtype == np.float16:  # some polars operations do not support Float16
        values = values.astype(np.float32)
    names = _feature_names(names, values.shape[1], faults)
    if faults.messages:
        return pl.DataFrame()
    return pl.DataFrame(
        [
            pl.Series(name, np.ascontiguousarray(column))
            for name, column in zip(names, values.T, strict=True)
        ]
    )


def _how_to_pass(inputs: Any, values: np.ndarray) -> str:
    """Return a hint on how to pass values that are not numbers."""
    if not values.ndim:
        # np.load returns stored dictionaries in this form.
        if isinstance(inputs, np.ndarray):
            return "Write X.item()."
        return f"Pass an array or a list of rows, not a {type(inputs).__name__}."
    if values.dtype.kind == "c":
        return "Write np.concatenate([X.real, X.imag], axis=1)."
    if values.ndim == 1 and len(values):
        return _as_column(values[0])
    return "Pass words and columns of mixed types as a polars or pandas frame."


def _how_to_shape(inputs: Any, values: np.ndarray) -> str:
    """Return a hint on how to pass numbers as an array of rows."""
    name = "X" if hasattr(inputs, "reshape") else "np.asarray(X)"
    if values.ndim == 1:
        fix = f"Write {name}[:, None] for one column, or {name}[None] for one row."
        two = " A list of two items means (X, y). For two rows, write np.array(rows)."
        return fix + two * isinstance(inputs, list)
    if not values.size:
        return "Pass at least one number per row."
    if values.ndim > 2:
        return f"Write {name}.reshape(len(X), -1)."
    return "Pass an array of rows."


def _as_column(value: Any) -> str:
    """Return a hint on how to pass targets with texts, paths, files or mappings."""
    if isinstance(value, Mapping):
        rows = "[{**row, 'label': label} for row, label in zip(X, y)]"
        return f"Write {rows} with target='label'."
    name = "image" if isinstance(value, bytes | PurePath) else "text"
    return f"Write {{{name!r}: X, 'label': y}} with target='label'."


def _feature_names(names: Any, num_features: int, faults: Faults) -> list[str]:
    """Return one name per feature, and add a fault if the names are invalid."""
    if names is None:
        return [f"feature_{position}" for position in range(num_features)]
    names = as_names(names)
    if not len(names) == len(set(names)) == num_features:
        rule = f"len(set({FEATURE_NAMES})) == {num_features}"
        fix = "Pass one name per column."
        faults.add(fault(rule, FEATURE_NAMES, names[:_SHOWN], fix))
    return names


def _accepts(source: Any) -> bool:
    if isinstance(source, Mapping):
        # {"X": [...], "y": [...]} with plain lists is a mapping of two columns.
        pair = _pair(source)
        return pair is not None and _has_axes(source[pair[0]])
    if isinstance(source, list) and _are_records(source):
        return False
    return (
        (isinstance(source, np.ndarray) and not has_names(source))
        or (isinstance(source, tuple) and len(source) == 2)
        or (isinstance(source, list) and len(source) == 2 and not _are_paths(source))
        or (isinstance(source, list) and _are_rows(source))
    )


def _are_records(source: list[Any]) -> bool:
    return bool(source) and all(
        isinstance(row, Mapping) or has_fields(row) for row in source
    )


def _are_paths(source: list[Any]) -> bool:
    return all(isinstance(value, str | PurePath) for value in source)


def _are_rows(source: list[Any]) -> bool:
    """Return whether a list contains rows, images or series of numbers.

    A list of two items means (X, y).
    """
    if len(source) in (0, 2) or not all(map(_is_row, source)):
        return False
    values = as_array(source)
    if values is None:  # rows of different lengths
        arrays = map(as_array, source)
        return all(array is not None and is_numeric(array) for array in arrays)
    return values.ndim >= 2 and is_numeric(values)


def _is_row(value: Any) -> bool:
    # Pillow images have `__array_interface__`; arrays from other libraries have
    # `__array__`.
    is_array = hasattr(value, "__array__") or hasattr(value, "__array_interface__")
    return (is_array and not is_table(value)) or isinstance(value, list | tuple)


def _pair(source: Mapping[Any, Any]) -> tuple[str, str] | None:
    """Return the names of the inputs and targets, or None for a mapping of columns.

    scikit-learn's data sets also contain descriptions. If the inputs are a matrix, the
    mapping may also contain other arrays, such as row weights, which are not used.
    """
    pairs = [pair for pair in PAIRS if pair[0] != "x"]  # "x" may be a column name
    fitting = (
        pair
        for pair in pairs
        if set(pair) <= set(source)
        and (set(source) <= {*pair, *_MORE} or _is_matrix(source[pair[0]]))
    )
    return next(fitting, None) or pair_of(set(source) - _MORE)


def _is_matrix(inputs: Any) -> bool:
    return isinstance(inputs, np.ndarray) and inputs.ndim == 2


def _has_axes(inputs: Any) -> bool:
    values = as_array(inputs)
    return values is None or values.ndim > 1


def _read(source: Any) -> Table:
    if isinstance(source, Mapping) and (pair := _pair(source)):
        inputs, targets = (source[name] for name in pair)
        names, lengths = source.get(FEATURE_NAMES), source.get(LENGTHS)
        table = table_of_arrays(inputs, targets, names=names, lengths=lengths)
        unused = sorted(map(str, set(source) - {*pair, *_MORE}))
        notes = (f"{UNUSED_ARRAYS}{unused}.",) if unused else ()
        return replace(table, target_array=pair[1], notes=(*notes, *table.notes))
    if isinstance(source, np.ndarray) or len(source) != 2:
        return table_of_arrays(source)
    check_no_parts(source)
    return table_of_arrays(*source)


ARRAYS = Reader(
    "arrays",
    "(X, y): inputs (n, d), images or time series, and targets (n,)",
    _accepts,
    _read,
)
"""The reader for in-memory arrays."""
