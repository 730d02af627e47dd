"""Reads many columns of known kinds at once, such as those in new rows."""

from collections.abc import Iterator, Mapping, Sequence

import polars as pl

from assay.data.columns._parse import Reading, read_as
from assay.data.columns.together._stacked import COLUMNS_AT_ONCE, MAX_ROWS, Stacked

__all__ = ["read_each_as"]


def read_each_as(
    columns: Sequence[pl.Series], kinds: Sequence[str], styles: Mapping[str, str]
) -> Iterator[Reading]:
    """Yield each column as `read_as` reads it.

    Short columns of text with the same kind and style are read together.

    Args:
        columns: columns of the same length, before conversion.
        kinds: kind of each column.
        styles: formats of the numbers and dates, by column name.

    Example:
        >>> columns = [pl.Series("a", ["1", "NA"]), pl.Series("b", ["3,5", "x"])]
        >>> styles = {"b": "decimal comma"}
        >>> readings = read_each_as(columns, ["number", "number"], styles)
        >>> [reading.values.to_list() for reading in readings]
        [[1.0, None], [3.5, None]]
    """
    groups: dict[tuple[str, str], list[int]] = {}
    for position, (cells, kind) in enumerate(zip(columns, kinds, strict=True)):
        if cells.dtype == pl.String and 0 < len(cells) < MAX_ROWS:
            style = styles.get(cells.name, "")
            groups.setdefault((kind, style), []).append(position)
    known: dict[int, Reading] = {}
    for (kind, style), positions in groups.items():
        for start in range(0, len(positions), COLUMNS_AT_ONCE):
            some = positions[start : start + COLUMNS_AT_ONCE]
            together = _read([columns[position] for position in some], kind, style)
            known |= zip(some, together, strict=True)
    for position, (cells, kind) in enumerate(zip(columns, kinds, strict=True)):
        if position in known:
            yield known[position]
        else:
            yield read_as(cells, kind, styles.get(cells.name, ""))


def _read(columns: Sequence[pl.Series], kind: str, style: str) -> Iterator[Reading]:
    stacked = Stacked(columns)
    reading = read_as(stacked.text, kind, style)
    for position in range(len(columns)):
        values = stacked.part(reading.values, position)
        yield Reading(values, stacked.part(reading.stray, position))
