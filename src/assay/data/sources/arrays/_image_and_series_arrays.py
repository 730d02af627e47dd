"""Converts arrays of images and time series to columns whose cells are arrays."""

from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, fault
from assay.data.columns._wording import counted
from assay.data.sources.arrays._tensors import as_numpy
from assay.data.table._array_cells import Sequences, has_channels_first, sequence_cells

__all__ = [
    "INPUTS",
    "array_column",
    "as_array",
    "as_names",
    "channel_names",
    "is_numeric",
    "notes_on_axes",
]

INPUTS = "X"
"""Name of the column that contains the images or time series."""


def array_column(inputs: Any, lengths: Any, faults: Faults) -> pl.Series | None:
    """Return a column of images or time series, or None if the inputs are a table."""
    values = as_array(inputs)
    if values is None:
        return _ragged(inputs, faults)
    if lengths is not None:
        return _padded(values, np.asarray(lengths), faults)
    if not is_numeric(values) or values.ndim not in (3, 4):
        return None
    if not values.size:
        fix = "Pass at least one number per example."
        faults.add(fault("X.size >= 1", "X.shape", values.shape, fix))
        return None
    if values.dtype.kind == "b" or values.dtype == np.float16:
        values = values.astype(np.uint8 if values.dtype.kind == "b" else np.float32)
    return pl.Series(INPUTS, np.ascontiguousarray(values))


def channel_names(cells: pl.Series, names: Any) -> tuple[str, ...]:
    """Return the names if there is exactly one per channel, or () otherwise."""
    names = () if names is None else tuple(as_names(names))
    dtype: Any = cells.dtype
    if isinstance(dtype, pl.List):
        dtype = dtype.inner
    fits = len(set(names)) == len(names) == dtype.shape[-1]
    return names if fits and len(dtype.shape) <= 2 else ()


def _padded(
    values: np.ndarray, lengths: np.ndarray, faults: Faults
) -> pl.Series | None:
    if not is_numeric(values) or values.ndim not in (2, 3):
        fix = "Pass X as (series, steps, channels), padded to the longest series."
        faults.add(fault("X.ndim in (2, 3)", "X.shape", values.shape, fix))
    elif lengths.shape != values.shape[:1]:
        rule, fix = "lengths.shape == (len(X),)", "Pass one length per series."
        faults.add(fault(rule, "lengths.shape", lengths.shape, fix))
    elif lengths.dtype.kind not in "iu":
        rule, fix = "lengths.dtype.kind in 'iu'", "Write lengths.astype(int)."
        faults.add(fault(rule, "lengths.dtype", str(lengths.dtype), fix))
    elif lengths.size and not (1 <= lengths.min() and lengths.max() <= values.shape[1]):
        wrong = np.flatnonzero((lengths < 1) | (lengths > values.shape[1]))
        rule = f"1 <= lengths <= {values.shape[1]}"
        fix = f"{counted(len(wrong), 'length')} out of range; the first is in row "
        fix += f"{wrong[0]}."
        faults.add(fault(rule, "lengths", int(lengths[wrong[0]]), fix))
    if faults.messages:
        return None
    if values.ndim == 2:
        values = values[..., None]
    real = np.arange(values.shape[1]) < lengths[:, None]
    flat = values[real].astype(np.float32)
    return sequence_cells(INPUTS, Sequences(flat, lengths.astype(np.int64)))


def as_array(inputs: Any) -> np.ndarray | None:
    """Return the inputs as an array, or None for a ragged list.

    Masked numbers and None among numbers become NaN.

    Raises:
        InputError: the inputs are a sparse matrix.
    """
    if hasattr(inputs, "toarray") and hasattr(inputs, "nnz"):
        raise InputError("X must not be a sparse matrix. Write X.toarray().")
    if isinstance(inputs, np.ma.MaskedArray) and inputs.dtype.kind in "biuf":
        inputs = np.ma.filled(inputs.astype(np.float64), np.nan)
    try:
        values = np.asarray(as_numpy(inputs))
    except ValueError:
        return None
    if values.dtype.kind == "O" and values.ndim:
        return _numbers_of(values)
    if values.dtype == np.longdouble:
        return values.astype(np.float64)
    # NumPy has no built-in types for bfloat16 and 8-bit floats.
    is_small = values.dtype.kind == "V" and "float" in values.dtype.name
    return values.astype(np.float32) if is_small else values


def _ragged(inputs: Any, faults: Faults) -> pl.Series | None:
    """Return series of different lengths as a column, or None for other inputs.

    If arrays have incompatible shapes, a fault is added.
    """
    arrays = [as_array(one) for one in inputs]
    known = [a for a in arrays if a is not None and (not a.size or is_numeric(a))]
    if len(known) < len(arrays) or any(array.ndim == 0 for array in known):
        return None
    if fault_in_shapes := _fault_in_shapes([array.shape for array in known]):
        faults.add(fault_in_shapes)
        return None
    series = [array[:, None] if array.ndim == 1 else array for array in known]
    lengths = np.array([len(array) for array in series])
    flat = np.concatenate(series).astype(np.float32)
    return sequence_cells(INPUTS, Sequences(flat, lengths))


def _numbers_of(values: np.ndarray) -> np.ndarray:
    """Convert an array of objects to floats if every object is a number or None."""
    if any(isinstance(value, str) for value in values.flat):
        return values
    try:
        return values.astype(np.float64)
    except (TypeError, ValueError):
        return values


def is_numeric(array: np.ndarray) -> bool:
    """Return whether an array contains numbers or booleans."""
    return array.dtype.kind in "biuf"


def _fault_in_shapes(shapes: list[tuple[int, ...]]) -> str:
    """Return the reason arrays with these shapes cannot be series; "" if they can."""
    row = next((row for row, shape in enumerate(shapes) if 0 in shape), None)
    if row is not None:
        return f"Row {row} of X is empty. Drop rows without steps."
    kinds = [(shape[1:] or (1,)) if len(shape) < 3 else shape for shape in shapes]
    row = next((row for row, kind in enumerate(kinds) if kind != kinds[0]), None)
    if row is None:
        return ""
    fix = "All series must have the same channels and the axes (steps, channels)."
    if len(shapes[row]) == 2 and len({shape[0] for shape in shapes}) == 1:
        fix += " If the axes are (channels, steps), write [series.T for series in X]."
    if len(shapes[row]) > 2:
        fix = "Resize all images to the same shape (height, width, channels)."
    found = f"Row {row} of X has the shape {shapes[row]}, but row 0 has {shapes[0]}."
    return f"{found} {fix}"


def notes_on_axes(cells: pl.Series) -> tuple[str, ...]:
    """Return a note if the axes seem to be in another framework's order.

    In PyTorch, channels come before steps, and before height and width.
    """
    shape = getattr(cells.dtype, "shape", ())
    whole = f"X, of shape {(len(cells), *shape)}, was"
    if len(shape) == 3 and has_channels_first(shape):
        return (f"{whole} read as (images, channels, height, width).",)
    # Two-dimensional byte arrays are grayscale images.
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
    return (
        f"{whole} interpreted as {len(cells)} {read_as}. If its axes are {order}, "
        f"write X.transpose({axes}).",
    )


def _number_type(cells: pl.Series) -> Any:
    dtype: Any = cells.dtype
    while isinstance(dtype, pl.Array | pl.List):
        dtype = dtype.inner
    return dtype


def as_names(names: Any) -> list[str]:
    """Return column names as strings. Archives may contain bytes or numbers."""
    plain = np.ravel(names).tolist()
    return [
        n.decode(errors="replace") if isinstance(n, bytes) else str(n) for n in plain
    ]
