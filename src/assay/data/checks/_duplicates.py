"""The check for rows that stand in the data more than once."""

import math

import numpy as np
import polars as pl

from assay.data.checks._context import SHOWN, View
from assay.data.columns._column import SOLE_INPUT_KINDS
from assay.records import Finding

__all__ = ["exact_duplicates", "row_hashes"]

MIN_COPIES = 3
"""Fewer copies than this are no pattern; iris has one pair by nature."""

MAX_EXACT_SHARE = 0.02
"""Share of test rows with a copy in train or val above which a score is not honest."""

ROOM = 10
"""With fewer possible rows than this times the examples, copies arise by themselves."""

_REMEDY = "Keep one of each before splitting: frame.unique(maintain_order=True)."


def exact_duplicates(view: View) -> list[Finding]:
    """Count rows that are the same, above all across the split."""
    hashes = row_hashes(view)
    if hashes is None:
        return []
    if view.split is None:
        return _repeated(view, hashes)
    known, test = view.known_rows, view.split.test
    copied = test[np.isin(hashes[test], hashes[known])]
    if not copied.size:
        return []
    share = copied.size / test.size
    severity = "info"
    if share > MAX_EXACT_SHARE and copied.size >= MIN_COPIES:
        severity = "advice" if _is_coarse(view) else "warning"
    val = view.split.val
    in_val = int(np.isin(hashes[val], hashes[view.split.train]).sum())
    return [
        Finding(
            "exact_duplicates",
            severity,
            f"{copied.size} of {test.size} test rows ({share:.1%}) have an exact copy "
            f"in train or val, and {in_val} val rows one in train.",
            numbers={
                "num_copied": int(copied.size),
                "num_test": int(test.size),
                "share": share,
                "num_val_copied": in_val,
                "bound": MAX_EXACT_SHARE,
                "rows": copied[:SHOWN].tolist(),
            },
            remedy="" if severity == "info" else _REMEDY,
        )
    ]


def _repeated(view: View, hashes: np.ndarray) -> list[Finding]:
    _, first = np.unique(hashes, return_index=True)
    again = np.setdiff1d(np.arange(len(hashes)), first)
    if not again.size:
        return []
    share = again.size / len(hashes)
    many = share > MAX_EXACT_SHARE and again.size >= MIN_COPIES
    severity = "advice" if many and not _is_coarse(view) else "info"
    return [
        Finding(
            "exact_duplicates",
            severity,
            f"{again.size} of {len(hashes)} rows ({share:.1%}) repeat an earlier one.",
            numbers={
                "num_copied": int(again.size),
                "num_examples": len(hashes),
                "share": share,
                "bound": MAX_EXACT_SHARE,
                "rows": again[:SHOWN].tolist(),
            },
            remedy="" if severity == "info" else _REMEDY,
        )
    ]


def row_hashes(view: View) -> np.ndarray | None:
    """A hash of the features of each row, for use within this process.

    A number to predict is hashed with them: rows that differ in it are no copies.
    """
    names = [column.name for column in view.features]
    if not names:
        return None
    frame = view.dataset.frame.select(names)
    if view.dataset.task.kind == "regression":
        frame = frame.with_columns(pl.Series("", view.dataset.target))
    return frame.hash_rows(seed=0).to_numpy()


def _is_coarse(view: View) -> bool:
    """Whether so few different rows are possible that copies arise by themselves."""
    if any(column.kind in SOLE_INPUT_KINDS for column in view.features):
        return False
    possible = math.prod(
        column.num_distinct + (column.num_missing > 0) for column in view.features
    )
    return possible < ROOM * view.dataset.num_examples
