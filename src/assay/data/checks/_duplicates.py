"""A check for rows that occur more than once."""

import math

import numpy as np
import polars as pl

from assay.data.checks._context import MAX_SHOWN, CheckContext, join_names
from assay.data.columns._column import SOLE_INPUT_KINDS
from assay.records import Finding

__all__ = ["exact_duplicates", "is_among", "row_hashes"]

MIN_COPIES = 3
"""Minimum number of copies for a warning. Some copies occur by chance, as in iris."""

MAX_EXACT_SHARE = 0.02
"""Maximum fraction of test rows with copies. More copies would inflate the scores."""

MIN_POSSIBLE_ROWS = 10
"""Minimum number of possible distinct rows per example. If there are fewer, rows are
repeated by chance."""

_REMEDY = "Remove copies before splitting: frame.unique(maintain_order=True)."


def exact_duplicates(context: CheckContext) -> list[Finding]:
    """Report identical rows, especially in different parts of the split."""
    hashes = row_hashes(context)
    if hashes is None:
        return []
    if context.split is None:
        return _repeated(context, hashes)
    known, test = context.known_rows, context.split.test
    copied = test[is_among(hashes[test], hashes[known])]
    if not copied.size:
        return []
    val = context.split.val
    in_val = int(is_among(hashes[val], hashes[context.split.train]).sum())
    return [_copied(context, copied, num_test=test.size, val=(in_val, val.size))]


def _copied(
    context: CheckContext, copied: np.ndarray, *, num_test: int, val: tuple[int, int]
) -> Finding:
    """Return a finding about test rows with copies.

    Args:
        context: the data set and its split.
        copied: test rows with a copy in train or val.
        num_test: number of test rows.
        val: number of val rows with a copy in train, and total number of val rows.
    """
    share = copied.size / num_test
    severity = "info"
    if share > MAX_EXACT_SHARE and copied.size >= MIN_COPIES:
        severity = "advice" if _is_coarse(context) else "warning"
    return Finding(
        "exact_duplicates",
        severity,
        f"{copied.size} of {num_test} test rows ({share:.1%}) have an exact copy in "
        f"train or val, and {val[0]} of {val[1]} val rows have one in train"
        f"{_where(context)}.",
        numbers={
            "num_copied": int(copied.size),
            "num_test": int(num_test),
            "share": share,
            "num_val_copied": val[0],
            "bound": MAX_EXACT_SHARE,
            "rows": copied[:MAX_SHOWN].tolist(),
        },
        remedy="" if severity == "info" else _remedy(context),
    )


def _repeated(context: CheckContext, hashes: np.ndarray) -> list[Finding]:
    _, first = np.unique(hashes, return_index=True)
    repeated = np.setdiff1d(np.arange(len(hashes)), first)
    if not repeated.size:
        return []
    share = repeated.size / len(hashes)
    many = share > MAX_EXACT_SHARE and repeated.size >= MIN_COPIES
    severity = "advice" if many and not _is_coarse(context) else "info"
    return [
        Finding(
            "exact_duplicates",
            severity,
            f"{repeated.size} of {len(hashes)} rows ({share:.1%}) repeat an earlier "
            f"row{_where(context)}.",
            numbers={
                "num_copied": int(repeated.size),
                "num_examples": len(hashes),
                "share": share,
                "bound": MAX_EXACT_SHARE,
                "rows": repeated[:MAX_SHOWN].tolist(),
            },
            remedy="" if severity == "info" else _remedy(context),
        )
    ]


def _where(context: CheckContext) -> str:
    """Return a phrase for the message if only some of the columns are compared."""
    return ", considering only the columns in use" if _left_out(context) else ""


def _remedy(context: CheckContext) -> str:
    if not (names := _left_out(context)):
        return _REMEDY
    return (
        f"Some columns are left out: {join_names(names)}. Correct them if they "
        "distinguish the rows; otherwise, remove copies before splitting."
    )


def _left_out(context: CheckContext) -> list[str]:
    columns = context.dataset.columns
    return [c.name for c in columns if not c.used and c.kind != "constant"]


def row_hashes(context: CheckContext) -> np.ndarray | None:
    """Return a hash of each row's features (n,), valid only in this process.

    A regression target is also hashed, so rows that differ only in the target do not
    count as copies.
    """
    names = [column.name for column in context.features]
    if not names:
        return None
    frame = context.dataset.frame.select(names)
    if context.dataset.task.kind == "regression":
        frame = frame.with_columns(pl.Series("", context.dataset.target))
    return frame.hash_rows(seed=0).to_numpy()


def is_among(hashes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """Return a mask (n,) of the hashes that are also in `others`.

    This uses Polars, which is faster than `numpy.isin`.
    """
    return pl.Series(hashes).is_in(pl.Series(others).implode()).to_numpy()


def _is_coarse(context: CheckContext) -> bool:
    """Return whether so few distinct rows are possible that copies occur by chance."""
    if any(column.kind in SOLE_INPUT_KINDS for column in context.features):
        return False
    possible = math.prod(
        column.num_distinct + (column.num_missing > 0) for column in context.features
    )
    return possible < MIN_POSSIBLE_ROWS * context.dataset.num_examples
