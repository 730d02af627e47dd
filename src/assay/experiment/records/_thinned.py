"""Thins out rows of measurements, keeping the extremes."""

import math
from itertools import pairwise
from typing import Any

import numpy as np

__all__ = ["thinned"]


def thinned(
    rows: np.ndarray, names: tuple[str, ...], counter: str, *, last: int, most: int
) -> dict[str, Any]:
    """Return the columns of a table, thinned out to at most `most` rows (`most` >= 2).

    The table is divided into pieces of equal length. In each piece, the rows with the
    lowest and highest values in the first column are kept (only the highest if `most`
    is 2). The last row of the table is always kept.

    Args:
        rows: (n, columns).
        names: names of the columns.
        counter: name of an additional column that counts the rows.
        last: number of the last row in that column.
        most: maximum number of rows to keep.

    Example:
        >>> table = np.array([[3.0], [9.0], [1.0], [4.0], [5.0]])
        >>> thinned(table, ("cost",), "iteration", last=105, most=4)
        {'iteration': [102, 103, 105], 'cost': [9.0, 1.0, 5.0]}
    """
    count = len(rows)
    places = np.arange(count)
    if count > most:
        key = rows[:, 0]
        key = np.where(np.isnan(key), math.inf, key)
        kept = {count - 1}
        pieces = max((most - 1) // 2, 1)
        cuts = [(count - 1) * piece // pieces for piece in range(pieces + 1)]
        for low, high in pairwise(cuts):
            kept.add(low + int(key[low:high].argmax()))
            if most > 2:
                kept.add(low + int(key[low:high].argmin()))
        places = np.array(sorted(kept))
    columns = {n: rows[places, i].tolist() for i, n in enumerate(names)}
    return {counter: (places + last - count + 1).tolist()} | columns
