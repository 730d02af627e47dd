"""Reads many columns at once, with the same results as `read_column`.

For short columns, most of the time is spent on the overhead of polars calls, so reading
thousands of columns one by one is slow. Ordinary columns are therefore recognized
together in a few calls. Other columns are read by `read_column`, which detects their
style.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import polars as pl

from assay._errors import InputError
from assay.data.columns._column import Column
from assay.data.columns._detect_kind import read_column, with_stray
from assay.data.columns._exclude import exclude_useless
from assay.data.columns.together._mixed import mixed_values
from assay.data.columns.together._plain import (
    plain_mixtures,
    plain_numbers,
    plain_values,
    plain_words,
)
from assay.data.columns.together._stacked import Typed
from assay.data.columns.together._styled import styled_dates
from assay.data.columns.together._styled_numbers import styled_numbers
from assay.data.columns.together._versions import merged_versions

__all__ = ["read_columns"]

BATCH_CELLS = 2**20
"""Minimum number of cells in a full batch. Copies of their text take about 64 MB."""

ReadColumn = tuple[pl.Series, Column]


def read_columns(
    columns: Iterable[pl.Series], kinds: Mapping[str, str], decimal_commas: bool = False
) -> Iterator[ReadColumn | InputError]:
    """Yield each column's values and description, or an error for an invalid column.

    Args:
        columns: the columns before conversion; only one batch is in memory at a time.
        kinds: the kinds set by the user, by column name.
        decimal_commas: whether any columns of the table have decimal commas.
    """
    batch: list[pl.Series] = []
    for cells in columns:
        batch.append(cells)
        num_rows = len(cells)
        del cells  # a long column must be freed before the next one is read
        if len(batch) * num_rows >= BATCH_CELLS:
            yield from _read(batch, kinds, decimal_commas)
            batch = []
    yield from _read(batch, kinds, decimal_commas)


def _read(
    batch: Sequence[pl.Series], kinds: Mapping[str, str], decimal_commas: bool
) -> Iterator[ReadColumn | InputError]:
    # Unlike columns of a frame, those sampled from map-style data may vary in length.
    height = len(batch[0]) if batch else 0
    equal = [c for c in batch if c.name not in kinds and len(c) == height > 0]
    known = _describe([*_typed(equal, decimal_commas)])
    versions = merged_versions([c for c in equal if c.dtype == pl.String])
    for cells in batch:
        try:
            kind = kinds.get(cells.name)
            values, column = known.get(cells.name) or read_column(
                cells, kind, decimal_commas=decimal_commas
            )
        except InputError as error:
            yield error
            continue
        if column.kind == "number" and column.name in versions:
            column = replace(column, version=versions[column.name])
        yield values, column


def _typed(columns: Sequence[pl.Series], decimal_commas: bool) -> Iterator[Typed]:
    """Yield the columns that can be recognized together in a few calls."""
    yield from plain_values(columns)
    text = [cells for cells in columns if cells.dtype == pl.String]
    finders = [
        plain_numbers,
        plain_words,
        plain_mixtures,
        styled_dates,
        partial(styled_numbers, decimal_commas=decimal_commas),
        partial(mixed_values, decimal_commas=decimal_commas),
    ]
    for find in finders:
        names = set[str]()
        for typed in find(text):
            names.add(typed.values.name)
            yield typed
        text = [cells for cells in text if cells.name not in names]


def _describe(typed: Sequence[Typed]) -> dict[str, ReadColumn]:
    """Return the values and the description of each column, by column name."""
    if not typed:
        return {}
    frame = pl.DataFrame([column.values for column in typed])
    num_missing = frame.null_count().row(0)
    num_distinct = frame.select(pl.all().n_unique()).row(0)
    columns = [
        Column(
            values.name,
            kind,
            with_stray(reason, stray),
            missing,
            distinct - (missing > 0),
            num_stray=stray,
            rewritten=rewritten,
            style=style,
        )
        for (values, kind, reason, style, rewritten, stray), missing, distinct in zip(
            typed, num_missing, num_distinct, strict=True
        )
    ]
    values = [column.values for column in typed]
    read = zip(values, exclude_useless(columns, values), strict=True)
    return {cells.name: (cells, column) for cells, column in read}
