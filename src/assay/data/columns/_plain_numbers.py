"""Parses many text columns of plain numbers in one call, which is faster."""

from collections.abc import Iterable, Iterator

import polars as pl

__all__ = ["with_plain_numbers"]

BATCH_CELLS = 2**20
"""Number of text cells parsed in one batch; keeps their copies below about 64 MB."""

_MAY_BE_NAMES = r"^[+-]?0\d|\d{16}"
"""Leading zeros, or more digits than a float64 is guaranteed to represent."""


def with_plain_numbers(
    columns: Iterable[pl.Series],
) -> Iterator[tuple[pl.Series, pl.Series | None]]:
    """Yield each column, with its parsed values if it is text of plain numbers only.

    Calling polars takes longer than parsing a short column, so parsing thousands of
    columns one by one is slow. Columns without parsed values are left to `read_as`,
    which gives the same result for plain numbers.
    """
    batch: list[pl.Series] = []
    for cells in columns:
        batch.append(cells)
        if len(batch) * len(cells) >= BATCH_CELLS:
            yield from _read(batch)
            batch = []
    yield from _read(batch)


def _read(batch: list[pl.Series]) -> Iterator[tuple[pl.Series, pl.Series | None]]:
    numbers = _plain_numbers([cells for cells in batch if cells.dtype == pl.String])
    for cells in batch:
        yield cells, numbers.get(cells.name)


def _plain_numbers(columns: list[pl.Series]) -> dict[str, pl.Series]:
    if not columns:
        return {}
    stripped = pl.DataFrame(columns).select(pl.all().str.strip_chars())
    text = stripped.select(pl.when(pl.all().str.len_bytes() > 0).then(pl.all()))
    numbers = text.select(pl.all().cast(pl.Float64, strict=False))
    has_nan = numbers.select(pl.all().is_nan().any()).row(0)
    may_be_names = text.select(pl.all().str.contains(_MAY_BE_NAMES).any()).row(0)
    num_missing, num_unread = text.null_count().row(0), numbers.null_count().row(0)
    return {
        values.name: values
        for position, values in enumerate(numbers.get_columns())
        if num_missing[position] == num_unread[position] < len(values)
        and not has_nan[position]
        and not may_be_names[position]
    }
