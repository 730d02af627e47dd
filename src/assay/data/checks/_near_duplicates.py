"""The check for test rows that are almost the same as a training row."""

import math

import numpy as np

from assay.data.checks._context import SHOWN, View
from assay.data.checks._duplicates import row_hashes
from assay.data.preparation._preparation import Preparation
from assay.records import Finding

__all__ = ["near_duplicates"]

NEAR = 0.13
"""Near is closer than this share of the median distance to the nearest neighbor."""

MAX_NEAR_SHARE = 0.05
"""Share of near copies above which a score is not honest; any data set has some."""

MIN_NEAR = 3
"""Fewer near copies than this are no pattern."""

NATURAL = 2.0
"""Near copies across the split beyond this times those within train are a leak."""

MIN_DEVIATIONS = 3.0
"""Of a sample, only an excess of this many standard deviations counts."""

MAX_KNOWN, MAX_ASKED = 20_000, 1_000
"""Rows compared with each other, so that the cost is bounded."""

MAX_PRODUCTS = 2_000_000_000
"""Multiplications spent on distances: a second or two."""

_BLOCK = 128


def near_duplicates(view: View) -> list[Finding]:
    """Count test rows that are almost the same as a training row.

    Distances are between standardized rows; "near" is relative to how far apart rows
    of this data set usually are, and the count is compared with that of near copies
    within train and val, which is the natural one.
    """
    hashes = row_hashes(view)
    if view.split is None or hashes is None:
        return []
    known_rows, test = view.known_rows, view.split.test
    asked_rows = test[~np.isin(hashes[test], hashes[known_rows])]
    points = _Points.of(view)
    if points is None or not asked_rows.size:
        return []
    known, asked, within = points.samples(known_rows, asked_rows)
    own = points.nearest(within, known)
    usual = float(np.median(own))
    if not math.isfinite(usual) or usual == 0:
        return []
    near = asked[points.nearest(asked, known) < NEAR * usual]
    natural = float(np.mean(own < NEAR * usual))
    numbers = {
        "num_near": int(near.size),
        "share_within": natural,
        "bound": MAX_NEAR_SHARE,
        "distance": NEAR * usual,
        "usual_distance": usual,
        "num_compared": [len(asked), len(known)],
        "rows": near[:SHOWN].tolist(),
    }
    fraction = len(known) / len(known_rows)
    if fraction < 1 or len(asked) < len(asked_rows):
        return _sampled(numbers, fraction)
    share = near.size / len(test)
    if near.size < MIN_NEAR or share <= MAX_NEAR_SHARE:
        return []
    return [
        _finding(
            "warning" if share > NATURAL * natural else "advice",
            f"{share:.1%} of the test rows are almost the same as a row of train or "
            f"val; among those rows themselves it is {natural:.1%}.",
            numbers | {"share": share, "sampled": False},
        )
    ]


def _sampled(numbers: dict, fraction: float) -> list[Finding]:
    """Judge a sample: its natural near copies are farther apart, so only more count."""
    num_asked, num_known = numbers["num_compared"]
    expected = numbers["share_within"] * num_asked
    excess = numbers["num_near"] - expected
    share = max(0.0, excess) / num_asked / fraction
    numbers = numbers | {"share": min(1.0, share), "sampled": True}
    told = f"{num_asked} test rows were compared with {num_known} of train and val"
    many = excess > MIN_DEVIATIONS * math.sqrt(numbers["num_near"] + expected)
    if not many or share <= MAX_NEAR_SHARE:
        return [_finding("info", f"{told}; near copies do not stand out.", numbers)]
    message = f"About {min(1.0, share):.0%} of the test rows are almost the same as a "
    return [_finding("warning", f"{message}row of train or val ({told}).", numbers)]


def _finding(severity: str, message: str, numbers: dict) -> Finding:
    remedy = (
        "If rows come from the same object, name it: by='group', column=...; "
        "else keep one of each."
    )
    return Finding(
        "near_duplicates",
        severity,
        message,
        numbers=numbers,
        remedy="" if severity == "info" else remedy,
    )


class _Points:
    """Rows as standardized points."""

    def __init__(self, view: View, preparation: Preparation) -> None:
        codes = {position for position, _ in preparation.embedded}
        self.view = view
        self.preparation = preparation
        # The distance between two codes means nothing.
        shape = preparation.input_shape
        self.kept = [i for i in range(math.prod(shape)) if i not in codes]

    @classmethod
    def of(cls, view: View) -> "_Points | None":
        """Return the points of a view; None if they have no more than one number."""
        preparation = Preparation.fit(view.dataset, view.known_rows)
        if preparation.kind == "text":
            return None
        points = cls(view, preparation)
        # On a line, points are near each other by nature.
        return points if len(points.kept) > 1 else None

    def samples(
        self, known: np.ndarray, asked: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return rows to compare with, test rows, and some of the former."""
        products = 2 * MAX_KNOWN * MAX_ASKED * len(self.kept)
        scale = min(1.0, math.sqrt(MAX_PRODUCTS / products))
        known = _some(known, round(MAX_KNOWN * scale))
        most = round(MAX_ASKED * scale)
        return known, _some(asked, most), _some(known, most)

    def nearest(self, asked: np.ndarray, known: np.ndarray) -> np.ndarray:
        """Distance of each asked row to the nearest known one that is not its copy."""
        points, asked_points = self._of_rows(known), self._of_rows(asked)
        squares = np.einsum("ij,ij->i", points, points)
        found = []
        for start in range(0, len(asked), _BLOCK):
            block = asked_points[start : start + _BLOCK]
            far = block @ points.T
            far *= -2
            far += squares
            own = np.einsum("ij,ij->i", block, block)[:, None]
            far += own
            # Rounding leaves about this much between a row and its exact copy.
            far[far <= 1e-11 * (own + squares) + 1e-300] = np.inf
            found.append(np.sqrt(far.min(axis=1)))
        return np.concatenate(found)

    def _of_rows(self, rows: np.ndarray) -> np.ndarray:
        """Rows as points (n, d); float64, since small differences count."""
        inputs = self.preparation.transform(self.view.dataset, rows)
        values = inputs["values"] if isinstance(inputs, dict) else inputs
        flat = values.reshape(len(rows), -1)
        return flat[:, self.kept].astype(np.float64)


def _some(rows: np.ndarray, most: int) -> np.ndarray:
    """Return at most so many rows, the same ones each time."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(0).permutation(rows)[:most])
