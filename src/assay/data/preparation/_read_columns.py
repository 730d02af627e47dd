"""Reads the columns of new rows, using the column kinds determined in training."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, did_you_mean, fault
from assay._terminal import on_one_line
from assay.data.columns._column import ARRAY_KINDS
from assay.data.columns._detect_kind import read_column
from assay.data.columns._parse import Reading
from assay.data.columns._wording import (
    affected_rows,
    counted,
    how_to_write_numbers,
    shown_cell,
)
from assay.data.columns.formats._style import describe_style
from assay.data.preparation._sole_input_encoders import SoleInputEncoder
from assay.data.preparation.encoders._sequence_encoder import SequenceEncoder

__all__ = ["TYPES_OF_KINDS", "check_columns", "check_reading", "read_sole_input"]

TYPES_OF_KINDS: dict[str, tuple[pl.DataType | type[pl.DataType], ...]] = {
    "number": (pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.Float64),
    "boolean": (pl.Boolean,),
    "category": (pl.String,),
    "date": (pl.Datetime("us"),),
}
"""Data types that need no further conversion, by column kind."""

_SHOWN = 5  # maximum number of columns listed in a message
_PLURALS = {
    **{"number": "numbers", "boolean": "booleans"},
    **{"category": "categories", "date": "dates"},
}
_FIXES = {
    "date": "Write dates such as 2024-12-31 in these cells",
    "boolean": "Write true or false in these cells",
}


def check_columns(wanted: Sequence[str], names: Sequence[str]) -> None:
    """Raise an InputError that lists all missing columns.

    Args:
        wanted: names of the columns that the preparation was fitted to.
        names: names of the columns of the new rows.
    """
    present = set(names)
    absent = [column for column in wanted if column not in present]
    if not absent:
        return
    others = [name for name in names if name not in wanted]
    hints = [_hint(column, others) for column in absent]
    if len(absent) == len(wanted) and others and not any(hints):
        hints = [_on_found(others, wanted)]
    raise InputError(
        f"Feature columns are missing: {absent}. Add them, with empty cells for "
        f"unknown values.{''.join(hints)}"
    )


def _on_found(names: Sequence[str], wanted: Sequence[str]) -> str:
    """Return a hint that lists the columns found if all training columns are absent."""
    shown = [*map(on_one_line, names[:_SHOWN]), *["..."] * (len(names) > _SHOWN)]
    if names[0] == "feature_0":
        fix = " The columns of an array have no names, so pass a frame instead"
        if len(names) != len(wanted) or len(names) > _SHOWN:
            return f"{fix}."
        return (
            f"{fix}. If the array X has these columns in this order, write "
            f"pl.DataFrame(X, schema={list(wanted)})."
        )
    return f" The new rows have the columns {', '.join(shown)} instead."


def _hint(column: str, others: Sequence[str]) -> str:
    """Return a suggestion for a missing column, or "" if no other name is similar."""
    hint = did_you_mean(column, others)
    return hint.replace("?", f" for {column!r}?") if hint else ""


def check_reading(
    reading: Reading,
    cells: pl.Series,
    kind: str,
    *,
    style: str,
    rows: np.ndarray | None,
    tolerant: bool,
    faults: Faults,
) -> None:
    """Add a fault if a column of a table has unreadable cells or infinite numbers.

    Args:
        reading: the column converted to values of its kind.
        cells: the column before conversion.
        kind: the kind of the column in training.
        style: format of the numbers or dates in training, as in `Style.name`.
        rows: row numbers of the cells (n,), for messages; None if they are 0 to n - 1.
        tolerant: whether text that is not a value of this kind counts as missing.
        faults: collects the faults.
    """
    name, values = cells.name, reading.values
    stray = np.flatnonzero(reading.stray.to_numpy())
    if stray.size and not tolerant:
        row = int(stray[0] if rows is None else rows[stray[0]])
        fix = _FIXES.get(kind) or how_to_write_numbers(cells[stray.tolist()])
        form = describe_style(style) + ", as in training" * bool(style)
        faults.add(
            f"{name!r} must contain {_PLURALS[kind]}{form}, but got "
            f"{shown_cell(cells[int(stray[0])])}. {affected_rows(stray.size, row)} "
            f"{fix}, or leave them empty."
        )
    infinite = _infinite(values)
    if infinite.size:
        row = int(infinite[0] if rows is None else rows[infinite[0]])
        faults.add(
            fault(
                f"isfinite({on_one_line(name)})",
                on_one_line(name),
                values[int(infinite[0])],
                f"{affected_rows(infinite.size, row)} "
                "Correct these cells, or leave them empty.",
            )
        )


def _infinite(values: pl.Series) -> np.ndarray:
    if not values.dtype.is_float():
        return np.zeros(0, dtype=np.int64)
    return np.flatnonzero(np.isinf(values.to_numpy()))


def read_sole_input(cells: pl.Series, encoder: SoleInputEncoder) -> pl.Series:
    """Return a column of images, sequences or text as typed values.

    Raises:
        InputError: the cells differ in shape from those in training.
    """
    values, _ = read_column(cells, encoder.kind)
    shape, wanted = _other_shape(values, encoder), encoder.input_shape
    if shape is not None:
        remedy = _shape_remedy(shape, encoder, num_rows=len(values))
        form = f"(steps, {wanted[-1]})" if _is_uneven(encoder) else str(wanted)
        name = f"{on_one_line(cells.name)}.shape"
        raise InputError(fault(f"{name} == {form}", name, shape, remedy))
    return values


def _shape_remedy(
    shape: tuple[int, ...], encoder: SoleInputEncoder, *, num_rows: int
) -> str:
    """Return a fix for cells whose shape differs from that in training."""
    wanted = encoder.input_shape
    if encoder.kind == "sequence":
        return _sequence_remedy(shape, wanted[-1])
    # A single color image (height, width, channels) was read as several grayscale
    # images.
    if (num_rows, *shape) == (*wanted, 1):
        return "For a single image, write X[None]."
    if shape[-1] == wanted[-1]:
        return "Write image_size=... when training, to resize all images to one size."
    word, mode = ("grayscale", "L") if wanted[-1] == 1 else ("color", "RGB")
    return (
        f"The model was trained on {word} images. Convert your images, for example "
        f"with Pillow: Image.open(path).convert({mode!r}).save(path)."
    )


def _sequence_remedy(shape: tuple[int, ...], num_channels: int) -> str:
    if shape[-1] == num_channels:
        return "Pass sequences with the same shape as the training data."
    fix = f"Pass sequences with {counted(num_channels, 'channel')}, as in training."
    if shape[0] == num_channels:
        fix += " If the axes are (series, channels, steps), write "
        fix += "X.transpose(0, 2, 1)."
    elif shape[-1] == 1:
        fix += " Sequences without an axis for channels have one channel."
    return fix


def _other_shape(
    values: pl.Series, encoder: SoleInputEncoder
) -> tuple[int, ...] | None:
    """Return the first shape that does not fit, or None if all cells fit."""
    if encoder.kind not in ARRAY_KINDS:
        return None
    dtype, wanted = values.dtype, encoder.input_shape
    if isinstance(dtype, pl.Array):
        shapes = [dtype.shape]
    else:  # sequences of different lengths
        assert isinstance(dtype, pl.List)
        assert isinstance(dtype.inner, pl.Array)
        channels = dtype.inner.shape
        shapes = [(length, *channels) for length in values.list.len().to_list()]
    start = 1 if _is_uneven(encoder) else 0  # sequences may differ in length
    return next((shape for shape in shapes if shape[start:] != wanted[start:]), None)


def _is_uneven(encoder: SoleInputEncoder) -> bool:
    return isinstance(encoder, SequenceEncoder) and encoder.uneven
