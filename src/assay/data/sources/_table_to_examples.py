"""Converts a table from a reader to a table with one row per example.

Images are decoded, the rows of a long table are joined into series, and the rows of a
separate test set are appended.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from assay._errors import Faults, InputError, did_you_mean, fault
from assay.data.columns._other_rows import without_other_rows as rows_of_examples
from assay.data.columns._select import hint_on_index
from assay.data.columns.formats._number_texts import read_number_lists
from assay.data.sources._registry import read_table
from assay.data.sources.formats._long_tables import check_channels, join_series
from assay.data.sources.formats.images._image_columns import (
    holds_images,
    note_on_other_cells,
)
from assay.data.sources.formats.images._image_names import image_places, note_on_names
from assay.data.sources.formats.images._images import decode_images
from assay.data.table._array_cells import (
    Sequences,
    holds_cells,
    sequence_cells,
    to_sequences,
)
from assay.data.table._array_options import Layout
from assay.data.table._column_names import with_known_names
from assay.data.table._table import Table

__all__ = ["read_rows", "to_examples", "with_test_part", "without_other_rows"]


_TEST_DATA = "test_data"  # name of the argument
_FEW_COLUMNS = 50  # tables with more columns rarely describe images


def to_examples(
    table: Table,
    layout: Layout,
    keep: Sequence[str] = (),
    *,
    called: str = "The source",
) -> tuple[Table, Layout]:
    """Return a table with one row per example, and the layout that was used.

    Args:
        table: the table that a reader returned.
        layout: options for reading images and series, with the channels if they are
            determined by a model or a training set.
        keep: columns that belong to a series as a whole, such as the target.
        called: name of the source in messages about missing channels.

    Raises:
        InputError: images are damaged or differ in size or mode, or rows cannot be
            joined into series.
    """
    frame, notes = table.frame, list(table.notes)
    layout = replace(layout, kinds=dict(table.kinds) | dict(layout.kinds))
    named = (layout.series_column, layout.time_column, *layout.channels)
    frame = with_known_names(frame, [name for name in named if name])
    if _is_long(frame, layout):
        frame, layout, more = join_series(
            *(frame, layout, keep, notes), called=called, separator=table.separator
        )
        notes += more
    elif table.channels:
        frame = _reordered(frame, table.channels, layout.channels, called)
        layout = replace(layout, channels=layout.channels or table.channels)
    changed: list[pl.Series] = []
    places = image_places(table.folder) if frame.width <= _FEW_COLUMNS else []
    for cells in frame.drop(keep, strict=False).get_columns():
        kind = layout.kinds.get(cells.name)
        column, more, layout = read_number_lists(cells, layout)
        if holds_images(column, kind):
            column, more = decode_images(column, layout, table.folder)
        elif kind is None:
            more = (*more, *note_on_other_cells(column))
            more += tuple(note_on_names(column, table.folder, places))
        changed += [column] if column is not cells else []
        notes += more
    frame = frame.with_columns(changed)  # faster than replacing one at a time
    return replace(table, frame=frame, notes=tuple(notes)), layout


def without_other_rows(table: Table) -> Table:
    """Return the table without rows that are not examples, such as empty rows.

    For prediction, `read_rows` keeps such rows, except in long tables.
    """
    is_folder = "image" in table.kinds.values()  # each row is a file
    if table.num_test or is_folder:
        return table
    frame, notes = rows_of_examples(table.frame)
    return replace(table, frame=frame, notes=(*table.notes, *notes))


def read_rows(source: Any, layout: Layout) -> Table:
    """Read new rows for prediction.

    In a long table, rows that are not time steps, such as empty rows, are left out as
    in training. Other tables keep all rows, so that each prediction can be matched to
    its row.

    Args:
        source: any source that `read_table` accepts.
        layout: the layout of the training data.
    """
    table = read_table(source)
    return without_other_rows(table) if _is_long(table.frame, layout) else table


def _is_long(frame: pl.DataFrame, layout: Layout) -> bool:
    if layout.series_column is None:
        return False
    # During prediction, the rows may already have been joined into series.
    return not (layout.channels and any(map(holds_cells, frame.get_columns())))


def _reordered(
    frame: pl.DataFrame, names: Sequence[str], wanted: Sequence[str], called: str
) -> pl.DataFrame:
    """Return the frame with the channels of its series in the order of `wanted`."""
    if not wanted or tuple(wanted) == tuple(names):
        return frame
    faults = Faults()
    check_channels(wanted, names, faults, called)
    faults.raise_if_any()
    positions = [names.index(name) for name in wanted]
    columns = []
    for column in filter(holds_cells, frame.get_columns()):
        values, lengths = to_sequences(column)
        cells = Sequences(values[:, positions], lengths)
        columns.append(sequence_cells(column.name, cells))
    return frame.with_columns(columns)


def with_test_part(
    table: Table, test_data: Any, layout: Layout, keep: Sequence[str]
) -> Table:
    """Return the table with the rows of another source as its test set.

    Args:
        table: the training set.
        test_data: the source of the test set.
        layout: the layout of the training set, including its channels.
        keep: columns that belong to a series as a whole, such as the target.

    Raises:
        InputError: columns are missing from the test data, or the table already has a
            test set.
    """
    if table.num_test:
        fix = "The data already has a test set. Omit `test_data`."
        rule = "num_test == 0"
        raise InputError(fault(rule, "num_test", table.num_test, fix))
    rows = without_other_rows(read_table(test_data))
    with _naming_test_data():
        test, _ = to_examples(rows, layout, keep, called=_TEST_DATA)
    if not test.frame.height:
        raise InputError("test_data has no rows. Add rows, or omit `test_data`.")
    names = test.frame.columns
    absent = [name for name in table.frame.columns if name not in names]
    if absent:
        hints = "".join(did_you_mean(name, names) for name in absent)
        if set(absent) <= set(keep) and not hints:  # the test data may have no targets
            hints = " To predict them instead, omit `test_data`, train, and pass the "
            hints += "file to `assay predict`."
        hints = hint_on_index(test.notes, absent) or hints
        raise InputError(f"test_data lacks the columns {absent}. Add them.{hints}")
    columns = [
        _stacked(column, test.frame[column.name])
        for column in table.frame.get_columns()
    ]
    notes = (*table.notes, f"The test set is {test.source}.")
    notes += tuple(f"Test set: {note}" for note in test.notes)
    if more := [name for name in names if name not in table.frame.columns]:
        notes += (f"Test set: these columns are not in the training data: {more}.",)
    frame = pl.DataFrame(columns)
    return replace(table, frame=frame, notes=notes, num_test=test.frame.height)


@contextmanager
def _naming_test_data() -> Iterator[None]:
    """Context manager that names the test data in each message of an InputError."""
    try:
        yield
    except InputError as error:
        raise InputError(
            [
                f if f.startswith(_TEST_DATA) else f"{_TEST_DATA}: {f}"
                for f in error.faults
            ]
        ) from None


def _stacked(first: pl.Series, second: pl.Series) -> pl.Series:
    """Convert two columns to a common type, and concatenate them."""
    if first.dtype == second.dtype:
        return first.append(second)
    if holds_cells(first) and holds_cells(second):
        return _stacked_series(first, second)
    frames = [column.to_frame() for column in (first, second)]
    try:
        return pl.concat(frames, how="vertical_relaxed").to_series()
    except pl.exceptions.PolarsError:
        raise InputError(
            f"{first.name!r} has the type {first.dtype} in the training data, but "
            f"{second.dtype} in test_data. Use the same type in both."
        ) from None


def _stacked_series(first: pl.Series, second: pl.Series) -> pl.Series:
    shapes = [getattr(column.dtype, "shape", ()) for column in (first, second)]
    if 3 in map(len, shapes):
        raise InputError(
            f"The images in {first.name!r} have the shape {shapes[0]} in the training "
            f"data, but {shapes[1]} in test_data, as (height, width, channels). Resize "
            "or convert them. For image files, set image_size or image_mode."
        )
    parts = [to_sequences(first), to_sequences(second)]
    counts = tuple(part.values.shape[1] for part in parts)
    if counts[0] != counts[1]:
        raise InputError(
            f"{first.name!r} has {counts[0]} channels in the training data, but "
            f"{counts[1]} in test_data. Use the same channels in both."
        )
    values = np.concatenate([part.values for part in parts])
    lengths = np.concatenate([part.lengths for part in parts])
    return sequence_cells(first.name, Sequences(values, lengths))
