"""A check for constant images and sequences."""

import numpy as np
import polars as pl

from assay.data.checks._context import MAX_SHOWN, CheckContext
from assay.data.columns._column import ARRAY_KINDS
from assay.data.table._array_cells import to_images, to_sequences
from assay.records import Finding

__all__ = ["blank_examples"]


def blank_examples(context: CheckContext) -> list[Finding]:
    """Report constant images and sequences, which are useless for training."""
    findings = []
    for column in context.features:
        if column.kind not in ARRAY_KINDS:
            continue
        cells = context.dataset.frame[column.name]
        low, high = (
            _image_range(cells) if column.kind == "image" else _sequence_range(cells)
        )
        blank = np.flatnonzero(~(high > low))
        if not blank.size:
            continue
        findings.append(
            Finding(
                "blank_examples",
                "advice",
                f"{blank.size} of {len(cells)} {column.kind}s are constant "
                f"(first rows: {', '.join(map(str, blank[:MAX_SHOWN]))}).",
                numbers={
                    "column": column.name,
                    "num_blank": int(blank.size),
                    "share": blank.size / len(cells),
                    "rows": blank[:MAX_SHOWN].tolist(),
                },
                remedy="Inspect them, and drop those that were recorded incorrectly.",
            )
        )
    return findings


def _image_range(cells: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    images = to_images(cells)
    return images.min(axis=(1, 2, 3)), images.max(axis=(1, 2, 3))


def _sequence_range(cells: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return the range (0, 1) for sequences that vary, and (0, 0) for the others."""
    values, lengths = to_sequences(cells)
    starts = np.cumsum(lengths) - lengths
    spread = np.zeros(len(lengths), dtype=np.float32)
    for channel in values.T:  # each channel may have a different constant
        low = np.minimum.reduceat(np.nan_to_num(channel, nan=np.inf), starts)
        high = np.maximum.reduceat(np.nan_to_num(channel, nan=-np.inf), starts)
        spread = np.maximum(spread, np.where(high > low, 1, 0))
    return np.zeros_like(spread), spread
