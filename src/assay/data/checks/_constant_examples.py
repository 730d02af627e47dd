"""The check for images and series that hold one value throughout."""

import numpy as np
import polars as pl

from assay.data.checks._context import SHOWN, View
from assay.data.columns._column import CELL_KINDS
from assay.data.table._array_cells import to_images, to_sequences
from assay.records import Finding

__all__ = ["blank_examples"]


def blank_examples(view: View) -> list[Finding]:
    """Name images and series without any variation: nothing can be told from them."""
    found = []
    for column in view.features:
        if column.kind not in CELL_KINDS:
            continue
        cells = view.dataset.frame[column.name]
        low, high = _images(cells) if column.kind == "image" else _series(cells)
        blank = np.flatnonzero(~(high > low))
        if not blank.size:
            continue
        kind = "images" if column.kind == "image" else "series"
        found.append(
            Finding(
                "blank_examples",
                "advice",
                f"{blank.size} of {len(cells)} {kind} hold one value throughout; the "
                f"first are rows {', '.join(map(str, blank[:SHOWN]))}.",
                numbers={
                    "column": column.name,
                    "num_blank": int(blank.size),
                    "share": blank.size / len(cells),
                    "rows": blank[:SHOWN].tolist(),
                },
                remedy="Look at them, and leave out those that were not recorded.",
            )
        )
    return found


def _images(cells: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    images = to_images(cells)
    return images.min(axis=(1, 2, 3)), images.max(axis=(1, 2, 3))


def _series(cells: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Least and greatest value of each series; of equal ones where all are missing."""
    values, lengths = to_sequences(cells)
    starts = np.cumsum(lengths) - lengths
    spread = np.zeros(len(lengths), dtype=np.float32)
    for channel in values.T:  # a channel may lie far from the next and not vary
        low = np.minimum.reduceat(np.nan_to_num(channel, nan=np.inf), starts)
        high = np.maximum.reduceat(np.nan_to_num(channel, nan=-np.inf), starts)
        spread = np.maximum(spread, np.where(high > low, 1, 0))
    return np.zeros_like(spread), spread
