"""Reads new rows and checks for problems that are not reported during prediction."""

import os
from pathlib import Path
from typing import Any

from assay.data import (
    Dataset,
    Preparation,
    UnseenCategories,
    read_blocks,
    read_rows,
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
    tables = preparation.kind in ("table", "text")
    if read_blocks(source, preparation.columns, tables=tables) is not None:
        return source
    return read_table(source)


def check_rows(source: Any, preparation: Preparation) -> tuple[str, ...]:
    """Return notes on how new rows were read and on how they differ from training data.

    Args:
        source: new rows in any form that `predict` accepts.
        preparation: preparation of the model.
    """
    is_table = preparation.kind == "table"
    if isinstance(source, Dataset):
        return _sentences(preparation.unseen(source)) if source.stream is None else ()
    blocks = read_blocks(source, preparation.columns, tables=is_table)
    if not is_table:  # only tables have categorical columns
        layout = preparation.layout
        return () if blocks is not None else read_rows(source, layout).notes
    if blocks is None:
        table = read_table(source)
        return (
            *table.notes,
            *preparation.notes_on_scales(table.frame),
            *_sentences(preparation.unseen(table.frame)),
        )
    total: dict[str, UnseenCategories] = {}
    notes = None
    for block in blocks:
        notes = preparation.notes_on_scales(block) if notes is None else notes
        for count in preparation.unseen(block, only_unseen=False):
            known = total.get(count.column)
            total[count.column] = count if known is None else known + count
    unseen = tuple(count for count in total.values() if count.num_unseen)
    return (*(notes or ()), *_sentences(unseen))


def _sentences(counts: tuple[UnseenCategories, ...]) -> tuple[str, ...]:
    return tuple(map(str, counts))
