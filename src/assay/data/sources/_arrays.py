"""Reads tables, images and time series from NumPy arrays in memory."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, fault
from assay.data.sources._frames import frame_of, is_frame
from assay.data.table._array_cells import Sequences, sequence_cells
from assay.data.table._table import Reader, Table

__all__ = [
    "ARRAYS",
    "FEATURE_NAMES",
    "LENGTHS",
    "PAIRS",
    "table_of_arrays",
    "vector_of",
]

PAIRS = (("X", "y"), ("inputs", "targets"), ("images", "labels"))
"""Recognized names of the input and target arrays."""

FEATURE_NAMES = "feature_names"
LENGTHS = "lengths"
_SHOWN = 20  # names listed in a message
INPUTS = "X"  # the column of images or time series


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
        names: names of the columns of a table, or of the channels of series.
        lengths: number of steps in each series (n,); the remaining steps of `inputs`
            (n, steps[, channels]) are padding.
        source: a description of where the arrays come from.

    Raises:
        InputError: an argument has the wrong shape or type.
    """
    faults = Faults()
    options: dict[str, Any] = {"name": "table", "source": source}
    options["kinds"] = {} if lengths is None else {INPUTS: "sequence"}
    if is_frame(inputs):
        frame = frame_of(inputs)
    elif (cells := _cells(inputs, lengths, faults)) is not None:
        frame = pl.DataFrame([cells])
        options["channels"] = _channels(cells, names)
        options["notes"] = _notes_on_axes(cells)
    else:
        frame = _columns(inputs, names, faults)
    if targets is None:
        faults.raise_if_any()
        return Table(frame, **options)
    values = vector_of(targets, faults)
    # The name of a pandas column may be None.
    target = str(getattr(targets, "name", values.name) or "target")
    if not faults.messages and len(values) != frame.height:
        faults.add(
            fault(
                "len(X) == len(y)",
                "lengths",
                (frame.height, len(values)),
                "Pass one target per row.",
            )
        )
    if target in frame.columns:
        faults.add(
            fault(
                "target not in X.columns",
                "target",
                target,
                "Rename or drop that column.",
            )
        )
    faults.raise_if_any()
    frame = frame.with_columns(values.alias(target))
    return Table(frame, target=target, **options)


def _cells(inputs: Any, lengths: Any, faults: Faults) -> pl.Series | None:
    """Return a column of images or time series; None if the inputs are a table."""
    values = _array(inputs)
    if values is None:
        return _ragged(inputs)
    if lengths is not None:
        return _padded(values, np.asarray(lengths), faults)
    if values.dtype.kind not in "biuf" or values.ndim not in (3, 4):
        return None
    if not values.size:
        fix = "Pass at least one number per example."
        faults.add(fault("X.size >= 1", "X.shape", values.shape, fix))
        return None
    if values.dtype.kind == "b" or values.dtype == np.float16:
        values = values.astype(np.uint8 if values.dtype.kind == "b" else np.float32)
    return pl.Series(INPUTS, np.ascontiguousarray(values))


def _channels(cells: pl.Series, names: Any) -> tuple[str, ...]:
    """Return the names if there is one for each channel of the series; otherwise ()."""
    names = () if names is None else tuple(_names(names))
    dtype: Any = cells.dtype
    if isinstance(dtype, pl.List):
        dtype = dtype.inner
    fits = len(set(names)) == len(names) == dtype.shape[-1]
    return names if fits and len(dtype.shape) <= 2 else ()


def _padded(
    values: np.ndarray, lengths: np.ndarray, faults: Faults
) -> pl.Series | None:
    if values.dtype.kind not in "biuf" or values.ndim not in (2, 3):
        fix = "Pass X as (series, steps, channels), padded to the longest series."
        faults.add(fault("X.ndim in (2, 3)", "X.shape", values.shape, fix))
    elif lengths.shape != values.shape[:1] or lengths.dtype.kind not in "iu":
        rule, fix = "lengths.shape == (len(X),)", "Pass one length per series."
        faults.add(fault(rule, "lengths.shape", lengths.shape, fix))
    elif lengths.size and not (1 <= lengths.min() and lengths.max() <= values.shape[1]):
        wrong = np.flatnonzero((lengths < 1) | (lengths > values.shape[1]))
        rule = f"1 <= lengths <= {values.shape[1]}"
        fix = f"{len(wrong)} lengths are out of range, the first in row {wrong[0]}."
        faults.add(fault(rule, "lengths", int(lengths[wrong[0]]), fix))
    if faults.messages:
        return None
    if values.ndim == 2:
        values = values[..., None]
    real = np.arange(values.shape[1]) < lengths[:, None]
    flat = values[real].astype(np.float32)
    return sequence_cells(INPUTS, Sequences(flat, lengths.astype(np.int64)))


def _array(inputs: Any) -> np.ndarray | None:
    """Return the inputs as an array; None if they are a ragged list."""
    try:
        return np.asarray(inputs)
    except ValueError:
        return None


def _ragged(inputs: Any) -> pl.Series | None:
    """Return series of different lengths as a column; None for other inputs."""
    arrays = []
    for one in inputs:
        array = _array(one)
        if array is None or not array.size or array.dtype.kind not in "biuf":
            return None
        arrays.append(array[:, None] if array.ndim == 1 else array)
    channels = {array.shape[1] if array.ndim == 2 else None for array in arrays}
    if len(channels) > 1 or None in channels:
        return None
    lengths = np.array([len(array) for array in arrays])
    flat = np.concatenate(arrays).astype(np.float32)
    return sequence_cells(INPUTS, Sequences(flat, lengths))


def _columns(inputs: Any, names: Any, faults: Faults) -> pl.DataFrame:
    values: Any = _array(inputs)
    if values is None:  # rows of different lengths
        values = np.empty(0, dtype=object)
    if values.dtype.kind not in "biuf":
        faults.add(
            fault(
                "X.dtype.kind in 'biuf'",
                "X.dtype",
                str(values.dtype),
                "Pass words and mixed columns as a polars or pandas frame.",
            )
        )
    elif values.ndim != 2 or not values.shape[1]:
        faults.add(
            fault(
                "X.ndim == 2 and X.shape[1] >= 1",
                "X.shape",
                values.shape,
                "Write X.reshape(len(X), -1).",
            )
        )
    if faults.messages:
        return pl.DataFrame()
    if values.dtype == np.float16:  # not every polars operation supports Float16
        values = values.astype(np.float32)
    if names is None:
        names = [f"feature_{position}" for position in range(values.shape[1])]
    names = _names(names)
    if len(names) != values.shape[1] or len(set(names)) != len(names):
        faults.add(
            fault(
                f"len(set({FEATURE_NAMES})) == {values.shape[1]}",
                FEATURE_NAMES,
                names[:_SHOWN],
                "Pass one name per column.",
            )
        )
        return pl.DataFrame()
    return pl.DataFrame(
        [
            pl.Series(name, np.ascontiguousarray(column))
            for name, column in zip(names, values.T, strict=True)
        ]
    )


def _notes_on_axes(cells: pl.Series) -> tuple[str, ...]:
    """Return a note if the axes seem to be in the order of another framework.

    PyTorch puts the channels before the steps, and before height and width.
    """
    shape = getattr(cells.dtype, "shape", ())
    # Two axes of bytes are a gray image.
    if len(shape) == 2 and shape[1] > shape[0] and _number_type(cells) != pl.UInt8:
        steps, channels = shape
        read_as = f"series of {steps} steps with {channels} channels"
        order, axes = "(series, channels, steps)", "0, 2, 1"
    elif len(shape) == 3 and shape[2] > min(shape[:2]):
        height, width, channels = shape
        read_as = f"images of {height} x {width} pixels with {channels} channels"
        order, axes = "(images, channels, height, width)", "0, 2, 3, 1"
    else:
        return ()
    note = f"X, of shape {(len(cells), *shape)}, was read as {len(cells)} {read_as}."
    return (f"{note} If its axes are {order}, write X.transpose({axes}).",)


def _number_type(cells: pl.Series) -> Any:
    dtype: Any = cells.dtype
    while isinstance(dtype, pl.Array | pl.List):
        dtype = dtype.inner
    return dtype


def _names(names: Any) -> list[str]:
    """Return column names as strings; archives may contain bytes or numbers."""
    plain = np.ravel(names).tolist()
    return [
        n.decode(errors="replace") if isinstance(n, bytes) else str(n) for n in plain
    ]


def vector_of(targets: Any, faults: Faults) -> pl.Series:
    """Return targets (n,) as a column, and collect a fault if their shape is wrong."""
    if isinstance(targets, pl.Series):
        return targets
    if is_frame(targets):
        columns = frame_of(targets).get_columns()
        if len(columns) == 1:
            return columns[0]
    values = np.asarray(targets)
    if values.ndim == 2 and values.shape[1] == 1:
        values = values[:, 0]
    if values.ndim != 1:
        faults.add(
            fault(
                "y.ndim == 1",
                "y.shape",
                values.shape,
                "Pass one number or class per row, such as y.argmax(axis=1).",
            )
        )
        return pl.Series()
    if values.dtype == np.float16:
        values = values.astype(np.float32)
    if values.dtype.kind in "OU":
        return pl.Series([_plain(value) for value in values], strict=False)
    return pl.Series(np.ascontiguousarray(values))


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and math.isnan(value) else value


def _accepts(source: Any) -> bool:
    if isinstance(source, Mapping):
        # {"X": [...], "y": [...]} with plain lists is a mapping of two columns.
        return any(
            set(pair) == set(source) - {LENGTHS} and _has_axes(source[pair[0]])
            for pair in PAIRS
        )
    return isinstance(source, np.ndarray) or (
        isinstance(source, tuple | list) and len(source) == 2
    )


def _has_axes(inputs: Any) -> bool:
    values = _array(inputs)
    return values is None or values.ndim > 1


def _read(source: Any) -> Table:
    if isinstance(source, Mapping):
        names = set(source) - {LENGTHS}
        x, y = next(pair for pair in PAIRS if set(pair) == names)
        return table_of_arrays(source[x], source[y], lengths=source.get(LENGTHS))
    if isinstance(source, np.ndarray):
        return table_of_arrays(source)
    return table_of_arrays(*source)


ARRAYS = Reader(
    "arrays",
    "(X, y): inputs (n, d), images or time series, and targets (n,)",
    _accepts,
    _read,
)
"""The reader of arrays in memory."""
