"""Reads new rows and checks for problems that are not reported during prediction."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from assay.data import (
    Dataset,
    Preparation,
    read_blocks,
    read_table,
)

__all__ = ["check_rows", "read_once"]


def read_once(source: Any, preparation: Preparation) -> Any:
    """Return the table in a file, or any other source unchanged.

    A file that is read in blocks is also returned unchanged, because it may not fit in
    memory.

    Args:
        source: new rows in any form that `predict` accepts.
        preparation: preparation of the model.
    """
    if not isinstance(source, str | Path) or Path(os.path.expanduser(source)).is_dir():
        return source
    if _blocks(source, preparation) is not None:
        return source
    return read_table(source)


def check_rows(source: Any, preparation: Preparation) -> tuple[str, ...]:
    """Return notes on how new rows were read and on how they differ from training data.

    Args:
        source: new rows in any form that `predict` accepts.
        preparation: preparation of the model.
    """
    if isinstance(source, Dataset):
        is_streamed = source.stream is not None
        return () if is_streamed else preparation.compare(source).notes
    blocks = _blocks(source, preparation)
    if blocks is not None:
        return _notes(blocks, preparation)
    rows = read_once(source, preparation)
    return (*preparation.notes_on_reading(rows), *_notes(iter([rows]), preparation))


def _notes(blocks: Iterator[Any], preparation: Preparation) -> tuple[str, ...]:
    """Return notes on how consecutive blocks of rows differ from training data."""
    first = next(blocks, None)
    if first is None or preparation.kind == "image":  # other shapes are rejected
        return ()
    others = map(preparation.compare, blocks)
    differences = sum(others, start=preparation.compare(first))
    if preparation.kind != "table":
        return differences.notes
    return (*preparation.notes_on_scales(first), *differences.notes)


def _blocks(source: Any, preparation: Preparation) -> Iterator[pl.DataFrame] | None:
    """Return the rows in blocks, or None if they are not read in blocks."""
    tables = preparation.kind in ("table", "text")
    return read_blocks(source, preparation.columns, tables=tables)
