"""From a table as read to a row an example: images decoded, series joined, parts put
together."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl

from assay._errors import InputError, did_you_mean, fault
from assay.data.sources._registry import read_table
from assay.data.sources.formats._images import decode_images, holds_images
from assay.data.sources.formats._long_tables import join_series
from assay.data.table._array_cells import (
    Sequences,
    holds_cells,
    sequence_cells,
    to_sequences,
)
from assay.data.table._array_options import Layout
from assay.data.table._table import Table

__all__ = ["to_examples", "with_test_part"]


def to_examples(
    table: Table, layout: Layout, keep: Sequence[str] = ()
) -> tuple[Table, Layout]:
    """Return a table with a row an example, and the layout as it turned out.

    Args:
        table: as a source yields it.
        layout: what the user says of images and series.
        keep: columns that belong to a series as a whole, as the target.

    Raises:
        InputError: images or series are broken or do not fit each other.
    """
    frame, notes = table.frame, list(table.notes)
    layout = replace(layout, kinds=dict(table.kinds) | dict(layout.kinds))
    if _is_long(frame, layout):
        frame, channels, told = join_series(frame, layout, keep)
        layout = replace(layout, channels=channels)
        notes += told
    for series in frame.get_columns():
        kind = layout.kinds.get(series.name)
        if series.name not in keep and holds_images(series, kind):
            images, told = decode_images(series, layout, table.folder)
            frame = frame.with_columns(images)
            notes += told
    return replace(table, frame=frame, notes=tuple(notes)), layout


def _is_long(frame: pl.DataFrame, layout: Layout) -> bool:
    if layout.series_column is None:
        return False
    # A frame whose series are already joined may come back for prediction.
    return not (layout.channels and any(map(holds_cells, frame.get_columns())))


def with_test_part(
    table: Table, test_data: Any, layout: Layout, keep: Sequence[str]
) -> Table:
    """Return a table with the rows of another source as its test part.

    Raises:
        InputError: the other lacks columns, or the table has a test part already.
    """
    if table.num_test:
        told = "Leave test_data out, or give the training part alone."
        raise InputError(
            fault("the test part is given once", "num_test", table.num_test, told)
        )
    test, _ = to_examples(read_table(test_data), layout, keep)
    absent = [name for name in table.frame.columns if name not in test.frame.columns]
    if absent:
        raise InputError(
            [
                fault(
                    "test_data has every column",
                    "missing_column",
                    name,
                    "Add it." + did_you_mean(name, test.frame.columns),
                )
                for name in absent
            ]
        )
    columns = [
        _stacked(series, test.frame[series.name])
        for series in table.frame.get_columns()
    ]
    notes = (*table.notes, f"The test part is {test.source}.")
    frame = pl.DataFrame(columns)
    return replace(table, frame=frame, notes=notes, num_test=test.frame.height)


def _stacked(first: pl.Series, second: pl.Series) -> pl.Series:
    if first.dtype == second.dtype:
        return first.append(second)
    if not (holds_cells(first) and holds_cells(second)):
        frames = [series.to_frame() for series in (first, second)]
        try:
            return pl.concat(frames, how="vertical_relaxed").to_series()
        except pl.exceptions.PolarsError:
            told = "Write both alike."
            found = (str(first.dtype), str(second.dtype))
            raise InputError(
                fault("test_data holds the same types", first.name, found, told)
            ) from None
    parts = [to_sequences(first), to_sequences(second)]
    if parts[0].values.shape[1] != parts[1].values.shape[1]:
        found = tuple(part.values.shape[1] for part in parts)
        told = "Give every series the same channels."
        raise InputError(
            fault("test_data has as many channels", first.name, found, told)
        )
    values = np.concatenate([part.values for part in parts])
    lengths = np.concatenate([part.lengths for part in parts])
    return sequence_cells(first.name, Sequences(values, lengths))
