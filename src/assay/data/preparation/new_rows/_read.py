"""Reads new rows into a frame with the column names of the training data."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from assay._errors import InputError, fault
from assay.data.columns._column import ARRAY_KINDS
from assay.data.columns._select import NO_HEADER, hint_on_index
from assay.data.dataset._dataset import Dataset
from assay.data.preparation.new_rows._separators import notes_on_separators
from assay.data.preparation.new_rows._several import check_one_source
from assay.data.sources._table_to_examples import read_rows, to_examples
from assay.data.sources.arrays._arrays import table_of_arrays
from assay.data.sources.arrays._image_and_series_arrays import (
    INPUTS,
    as_array,
    is_numeric,
)
from assay.data.sources.formats.images._images import WITHOUT_IMAGES
from assay.data.sources.frames._frames import has_fields
from assay.data.table._array_cells import holds_cells
from assay.data.table._array_options import Layout
from assay.data.table._column_names import with_known_names
from assay.data.table._table import Table

__all__ = [
    "check_row_numbers",
    "notes_on_reading",
    "num_array_columns",
    "read_new_rows",
]

_SHOWN = 5  # maximum number of columns listed in a message
_SAME_ARRAY = "Pass the same columns in the same order as in training."


def num_array_columns(dataset: Dataset) -> int:
    """Return the number of columns if they are named as in arrays, or 0 otherwise."""
    names = [column.name for column in dataset.columns]
    return len(names) * (names == [f"feature_{i}" for i in range(len(names))])


def read_new_rows(
    source: Any,
    columns: Sequence[str],
    *,
    kind: str,
    layout: Layout,
    num_array_columns: int,
) -> pl.DataFrame:
    """Return new rows as a frame.

    Args:
        source: any source that `read` accepts.
        columns: the columns that a preparation was fitted to.
        kind: kind of the inputs: "table", "image", "sequence" or "text".
        layout: options for reading images and sequences.
        num_array_columns: number of columns in the training array; 0 if the columns
            have names.

    Raises:
        InputError: the source cannot be read, or an array has more columns than the
            training array.
    """
    if kind == "text" and _are_texts(source):
        return pl.DataFrame({columns[0]: list(source)}, schema={columns[0]: pl.String})
    table = _table_of(source, columns, kind, layout)
    num_columns = table.frame.width - (table.target is not None)
    if table.positional and 0 < num_array_columns < num_columns:
        rule = f"X.shape[1] == {num_array_columns}"
        raise InputError(fault(rule, "X.shape[1]", num_columns, _SAME_ARRAY))
    frame = _to_examples(table, layout)
    cells = [column.name for column in frame.get_columns() if holds_cells(column)]
    if kind in ARRAY_KINDS and len(cells) == 1 and columns[0] not in frame.columns:
        frame = frame.rename({cells[0]: columns[0]})  # no other column is possible
    if kind in ARRAY_KINDS and not cells and columns[0] not in frame.columns:
        article = "an" if kind == "image" else "a"
        one_channel = " If sequences have one channel, write np.array(X)[:, :, None]."
        raise InputError(
            f"Each row must be {article} {kind}, but the source has none. Pass an "
            f"array with one {kind} per row; for a single {kind}, write X[None]."
            f"{one_channel * (kind == 'sequence')}"
        )
    frame = with_known_names(frame, columns)
    if set(columns).isdisjoint(frame.columns):
        _report_other_names(table, columns, num_array_columns)
    absent = [name for name in columns if name not in frame.columns]
    if in_index := hint_on_index(table.notes, absent):
        raise InputError(f"Feature columns are missing: {absent}.{in_index}")
    return frame


def _to_examples(table: Table, layout: Layout) -> pl.DataFrame:
    """Return the examples of a table.

    Raises:
        InputError: images or sequences are damaged or differ in shape.
    """
    try:
        return to_examples(table, layout)[0].frame
    except InputError as error:  # a model needs all of its inputs
        faults = [fault.partition(WITHOUT_IMAGES)[0] for fault in error.faults]
        raise InputError(faults) from error.__cause__


def notes_on_reading(
    source: Any,
    columns: Sequence[str],
    *,
    kind: str,
    layout: Layout,
    styles: Mapping[str, str],
) -> tuple[str, ...]:
    """Return notes on how new rows were read.

    Args:
        source: any source that `read` accepts.
        columns: the columns that a preparation was fitted to.
        kind: kind of the inputs, as in `read_new_rows`.
        layout: options for reading images and sequences.
        styles: format of the numbers in each numeric column, by column name.

    Example:
        >>> frame, styles = pl.DataFrame({"a": ["1,250"], "b": ["0,5"]}), {"a": ""}
        >>> notes_on_reading(frame, ["a"], kind="table", layout=Layout(), styles=styles)
        ("warning: '1,250' in 'a' is read as 1250, because ...",)
    """
    if kind == "text" and _are_texts(source):
        return ()
    table = _table_of(source, columns, kind, layout)
    return (*table.notes, *notes_on_separators(table, styles))


def _table_of(source: Any, columns: Sequence[str], kind: str, layout: Layout) -> Table:
    if kind == "image" and _are_paths(source):
        source = pl.DataFrame({columns[0]: list(map(str, source))})
    if hasattr(source, "to_frame") and set(columns) <= set(
        getattr(source, "index", ())
    ):
        source = source.to_frame().T  # a single row of a pandas frame
    check_one_source(source, kind, long=layout.series_column is not None)
    is_array = _are_two_rows(source)
    return table_of_arrays(source) if is_array else read_rows(source, layout)


def _report_other_names(
    table: Table, columns: Sequence[str], num_array_columns: int
) -> None:
    """Raise an InputError if only new rows or only training rows have column names."""
    headers = [note for note in table.notes if note.startswith(NO_HEADER)]
    if headers:
        raise InputError(f"Feature columns are missing: {[*columns]}. {headers[0]}")
    if num_array_columns and table.frame.columns == [INPUTS]:
        rule = f"X.shape == (len(X), {num_array_columns})"
        found = "rows of different lengths, or with several axes"
        raise InputError(fault(rule, "X", found, _SAME_ARRAY))
    if num_array_columns:
        raise InputError(
            "The model was trained on an array, whose columns have no names, but the "
            f"new rows have the columns {table.frame.columns[:_SHOWN]}. Pass an array, "
            "such as frame.to_numpy()."
        )


def check_row_numbers(rows: Any, num_rows: int) -> None:
    """Raise an InputError unless all row numbers exist.

    Args:
        rows: row numbers (n,).
        num_rows: number of rows in the source.
    """
    numbers = np.atleast_1d(np.asarray(rows))
    if numbers.dtype.kind not in "iu":
        rule, fix = "rows.dtype.kind in 'iu'", "Pass row numbers, as in np.arange(10)."
        if numbers.dtype.kind == "b":
            fix = "Write np.flatnonzero(rows)."
        if numbers.size:
            raise InputError(fault(rule, "rows.dtype", str(numbers.dtype), fix))
    wrong = numbers[(numbers < -num_rows) | (numbers >= num_rows)]
    if wrong.size:
        fix = f"The source has {num_rows} rows, counted from 0."
        raise InputError(fault(f"rows < {num_rows}", "rows", int(wrong[0]), fix))


def _are_two_rows(source: Any) -> bool:
    """Return whether a list contains two rows. In training, it would mean (X, y)."""
    if not isinstance(source, list) or len(source) != 2 or has_fields(source[0]):
        return False
    first, second = map(as_array, source)
    if first is None or second is None or first.ndim != second.ndim or not first.ndim:
        return False
    return is_numeric(first) and is_numeric(second)


def _are_texts(source: Any) -> bool:
    if isinstance(source, np.ndarray):
        return source.ndim == 1 and source.dtype.kind == "U"
    is_list = isinstance(source, list | tuple) and bool(source)
    return is_list and all(text is None or isinstance(text, str) for text in source)


def _are_paths(source: Any) -> bool:
    is_list = isinstance(source, list | tuple) and bool(source)
    return is_list and all(isinstance(path, str | Path) for path in source)
