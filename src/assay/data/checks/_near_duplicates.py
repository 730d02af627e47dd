"""A check for test rows that are nearly identical to a training row."""

import math
import os
from typing import Any

import numpy as np

from assay._parallel_map import map_parallel
from assay.data.checks._context import MAX_SHOWN, CheckContext
from assay.data.checks._duplicates import is_among, row_hashes
from assay.data.checks._points import Points, sample
from assay.records import Finding

__all__ = ["near_duplicates"]

NEAR = 0.13
"""Near copies are closer than this multiple of the median nearest-row distance."""

MAX_NEAR_SHARE = 0.05
"""Above this fraction of near copies, metrics are inflated. A few copies are normal."""

MIN_NEAR = 3
"""Fewer near copies than this may be due to chance."""

NATURAL = 2.0
"""Leakage is likely if the fraction of near copies in test exceeds the fraction within
train and val by this factor."""

MIN_DEVIATIONS = 3.0
"""Minimum excess of near copies for reporting a sample, in standard deviations."""

MAX_REFERENCES, MAX_QUERIES = 20_000, 1_000
"""Maximum numbers of reference rows (train and val) and query rows (test)."""

MAX_PRODUCTS = 2_000_000_000
"""Maximum number of multiplications for distances. They take about two seconds."""

RARE = 0.01
"""Fraction of rows that may count as near copies by chance."""

MAX_NEAR_OF_TENTH = 0.15
"""Near copies are closer than this multiple of the tenth-nearest-row distance."""

_FAR = (10, 20)  # the tenth and twentieth nearest rows
_CANDIDATES = 64  # number of nearest rows to examine, unless many of them are copies
_ROWS_PER_LEVEL = 10  # a column with at least this many rows per value takes few values
_BLOCK = 128  # number of query rows per matrix product, to limit memory


def near_duplicates(context: CheckContext) -> list[Finding]:
    """Report test rows that are nearly identical to a row in train or val.

    Distances are measured between standardized rows. The threshold for near copies
    depends on the typical distance between rows. The fraction of near copies is
    compared with the fraction within train and val.
    """
    hashes = row_hashes(context)
    if context.split is None or hashes is None:
        return []
    known_rows, test = context.known_rows, context.split.test
    query_rows = test[~is_among(hashes[test], hashes[known_rows])]
    points = Points.of(context, known_rows)
    if points is None or not query_rows.size:
        return []
    references, queries, within = _samples(points, known_rows, query_rows)
    numbers = _compared(points, references, queries, within)
    if not numbers:
        return []
    fraction = len(references) / len(known_rows)
    if fraction < 1 or len(queries) < len(query_rows):
        return _findings_of_sample(numbers, fraction)
    return _findings_of_all(numbers, len(test))


def _compared(
    points: Points, references: np.ndarray, queries: np.ndarray, within: np.ndarray
) -> dict[str, Any]:
    """Return statistics about near copies; {} if the typical distance is 0 or infinite.

    Args:
        points: standardized rows.
        references: rows in train and val to compare other rows with.
        queries: rows in test to compare with the references.
        within: rows in `references` to compare with the other references.
    """
    # All rows are prepared at once, because preparing wide rows twice would be slow.
    all_points = points.at(np.concatenate([references, queries]))
    reference_points, query_points = np.split(all_points, [len(references)])
    # `searchsorted` can be used because both arrays are in ascending order.
    points_within = reference_points[np.searchsorted(references, within)]
    distances_within = _nearest(points_within, reference_points)
    usual, bound = _bound(distances_within)
    if not math.isfinite(usual) or usual == 0:
        return {}
    bound = _bound_between_levels(points_within, reference_points, bound)
    near = queries[_nearest(query_points, reference_points)[:, 0] < bound]
    return {
        "num_near": int(near.size),
        "share_within": float(np.mean(distances_within[:, 0] < bound)),
        "bound": MAX_NEAR_SHARE,
        "distance": bound,
        "usual_distance": usual,
        "num_compared": [len(queries), len(references)],
        "rows": near[:MAX_SHOWN].tolist(),
    }


def _findings_of_all(numbers: dict[str, Any], num_test: int) -> list[Finding]:
    """Return a finding if all test rows were compared and many are near copies."""
    share, natural = numbers["num_near"] / num_test, numbers["share_within"]
    if numbers["num_near"] < MIN_NEAR or share <= MAX_NEAR_SHARE:
        return []
    return [
        _finding(
            "warning" if share > NATURAL * natural else "advice",
            f"{share:.1%} of the test rows are nearly identical to a row in train or "
            f"val, compared with {natural:.1%} of the rows in train and val.",
            numbers | {"share": share, "sampled": False},
        )
    ]


def _findings_of_sample(numbers: dict[str, Any], fraction: float) -> list[Finding]:
    """Return a finding if near copies are much more common in test than expected.

    Args:
        numbers: the numbers to report in the finding.
        fraction: fraction of the train and val rows that are in the sample.
    """
    num_queries, num_references = numbers["num_compared"]
    expected = numbers["share_within"] * num_queries
    excess = numbers["num_near"] - expected
    share = min(1.0, max(0.0, excess) / num_queries / fraction)
    numbers = numbers | {"share": share, "sampled": True}
    compared = (
        f"{num_queries} test rows were compared with {num_references} train and val "
        "rows"
    )
    is_excess = excess > MIN_DEVIATIONS * math.sqrt(numbers["num_near"] + expected)
    if not is_excess or share <= MAX_NEAR_SHARE:
        return []
    message = (
        f"About {share:.0%} of the test rows are nearly identical to a row in train or "
        f"val ({compared})."
    )
    return [_finding("warning", message, numbers)]


def _finding(severity: str, message: str, numbers: dict[str, Any]) -> Finding:
    return Finding(
        "near_duplicates",
        severity,
        message,
        numbers=numbers,
        remedy="Remove the near copies. If several rows describe the same object, "
        "split by object instead: split={'by': 'group', 'column': 'NAME'}",
    )


def _bound(distances: np.ndarray) -> tuple[float, float]:
    """Return the typical nearest-row distance, and the maximum distance of near copies.

    If many rows have near copies, the distance to the nearest row is not typical, so
    the bound also depends on more distant rows. The distances (queries, neighbors)
    imply an effective number of dimensions d. By chance, the nearest of 10 rows is
    closer than 0.001^(1/d) times the distance to the tenth in 1% of cases.
    """
    usual, tenth, twentieth = np.median(distances, axis=0)
    if not (0 < tenth < twentieth < math.inf):
        return float(usual), NEAR * float(usual)
    dimensions = math.log(_FAR[1] / _FAR[0]) / math.log(twentieth / tenth)
    rare = min(MAX_NEAR_OF_TENTH, (RARE / _FAR[0]) ** (1 / dimensions))
    return float(usual), max(NEAR * float(usual), rare * float(tenth))


def _bound_between_levels(
    queries: np.ndarray, points: np.ndarray, bound: float
) -> float:
    """Return the bound, adapted to columns with few values, such as encoded categories.

    Rows with equal values in these columns are closer than all others, so distances do
    not imply a number of dimensions. Unless rows rarely agree in these columns, the
    number of dimensions is computed from the other columns. By chance, the nearest of
    the rows that agree, a fraction p of all rows, is closer than (0.001 / p)^(1/d)
    times the distance to the tenth-nearest row in 1% of cases.

    Args:
        queries: (queries, d), some of the points.
        points: (n, d).
        bound: the bound if no column takes few values.
    """
    num_values = (np.diff(np.sort(queries, axis=0), axis=0) > 0).sum(axis=0) + 1
    has_levels = num_values * _ROWS_PER_LEVEL <= len(queries)
    if not has_levels.any():
        return bound
    _, counts = np.unique(queries[:, has_levels], axis=0, return_counts=True)
    agree = float((counts * (counts - 1)).sum()) / (len(queries) * (len(queries) - 1))
    if agree * len(points) <= RARE:
        return bound
    rest = ~has_levels
    _, tenth, twentieth = np.median(_nearest(queries[:, rest], points[:, rest]), axis=0)
    if not (0 < tenth < twentieth < math.inf):
        return 0.0
    dimensions = math.log(_FAR[1] / _FAR[0]) / math.log(twentieth / tenth)
    rare = min(1.0, RARE / _FAR[0] / agree) ** (1 / dimensions)
    return min(MAX_NEAR_OF_TENTH, rare) * float(tenth)


def _nearest(queries: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Return the distances (queries, 3) to three points that are not copies.

    They are the nearest, the tenth nearest and the twentieth nearest.
    """
    squares = np.einsum("ij,ij->i", points, points)
    doubled = -2 * points.T
    places = [min(place, len(points)) - 1 for place in (1, *_FAR)]

    def nearest(start: int) -> np.ndarray:
        block = queries[start : start + _BLOCK]
        # |a - b|^2 = |a|^2 - 2 a.b + |b|^2; |a|^2 does not change the order of points
        distances = block @ doubled
        distances += squares
        block_squares = np.einsum("ij,ij->i", block, block)[:, None]
        # Due to rounding, the squared distance to an exact copy may be this large.
        rounding = 2e-11 * block_squares + 1e-300
        for count in (min(_CANDIDATES, len(points)), len(points)):
            distances.partition(count - 1, axis=1)
            closest = distances[:, :count] + block_squares
            is_copy = closest <= rounding
            if is_copy.sum(axis=1).max() + places[-1] < count:
                break
        closest[is_copy] = np.inf
        return np.sqrt(np.sort(closest, axis=1)[:, places])

    # Threads run in parallel here, because NumPy releases the interpreter lock.
    starts = range(0, len(queries), _BLOCK)
    return np.concatenate(map_parallel(nearest, starts, os.cpu_count()))


def _samples(
    points: Points, known_rows: np.ndarray, test_rows: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return reference rows, test rows, and some reference rows to use as queries."""
    products = 2 * MAX_REFERENCES * MAX_QUERIES * points.width
    scale = min(1.0, math.sqrt(MAX_PRODUCTS / products))
    references = sample(known_rows, round(MAX_REFERENCES * scale))
    num_queries = round(MAX_QUERIES * scale)
    return references, sample(test_rows, num_queries), sample(references, num_queries)
