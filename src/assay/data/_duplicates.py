"""Checks of rows that stand in the data more than once, exactly or nearly."""

import math

import numpy as np

from assay.data._preparation import Preparation
from assay.data._view import SHOWN, View
from assay.records import Finding

__all__ = ["exact_duplicates", "near_duplicates"]

MIN_COPIES = 3
"""Fewer copies than this are no pattern; iris has one pair by nature."""

MAX_EXACT_SHARE = 0.02
"""Share of test rows with a copy in train or val above which a score is not honest."""

MAX_NEAR_SHARE = 0.05
"""The same for near copies, some of which any data set has."""

NEAR = 0.13
"""Near is closer than this share of the median distance to the nearest neighbor."""

ROOM = 10
"""With fewer possible rows than this times the examples, copies arise by themselves."""

NATURAL = 2.0
"""Near copies across the split beyond this times those within it are a leak."""

MAX_KNOWN, MAX_ASKED = 4_000, 1_000
"""Rows compared with each other, so that the cost is bounded."""

MAX_PRODUCTS = 2_000_000_000
"""Multiplications spent on distances: about a second."""

_BLOCK = 256
_REMEDY = "Keep one of each before splitting: frame.unique(maintain_order=True)."


def exact_duplicates(view: View) -> list[Finding]:
    """Count rows with the same features, above all across the split."""
    hashes = _row_hashes(view)
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


def near_duplicates(view: View) -> list[Finding]:
    """Count test rows that are almost the same as a training row.

    Distances are between standardized rows; "near" is relative to how far apart rows
    of this data set usually are, and the share is compared with the share of near
    copies within the training rows, which is the natural one.
    """
    split = view.split
    hashes = _row_hashes(view)
    if split is None or hashes is None:
        return []
    known_rows, asked_rows = view.known_rows, split.test
    asked_rows = asked_rows[~np.isin(hashes[asked_rows], hashes[known_rows])]
    inputs = _Inputs.of(view)
    if inputs is None or not asked_rows.size:
        return []
    known, fraction = inputs.sample(known_rows, MAX_KNOWN)
    asked, _ = inputs.sample(asked_rows, MAX_ASKED)
    within, _ = inputs.sample(known_rows, MAX_ASKED)
    own = inputs.nearest(within, known)
    usual = float(np.median(own))
    if not math.isfinite(usual) or usual == 0:
        return []
    nearest = inputs.nearest(asked, known)
    near = asked[nearest < NEAR * usual]
    share = min(1.0, near.size / asked.size / fraction)
    natural = min(1.0, float(np.mean(own < NEAR * usual)) / fraction)
    if near.size < MIN_COPIES or share <= MAX_NEAR_SHARE:
        return []
    sampled = len(known) < len(known_rows) or len(asked) < len(asked_rows)
    told = f" (estimated from {len(asked)} and {len(known)} rows)" if sampled else ""
    return [
        Finding(
            "near_duplicates",
            "warning" if share > NATURAL * natural else "advice",
            f"{share:.1%} of the test rows are almost the same as a row of train or "
            f"val{told}; among those rows themselves it is {natural:.1%}.",
            numbers={
                "num_near": int(near.size),
                "share": share,
                "share_within": natural,
                "bound": MAX_NEAR_SHARE,
                "distance": NEAR * usual,
                "usual_distance": usual,
                "sampled": sampled,
                "num_compared": [len(asked), len(known)],
                "rows": near[:SHOWN].tolist(),
            },
            remedy="If rows come from the same object, name it: "
            "by='group', column=...; else keep one of each.",
        )
    ]


class _Inputs:
    """Rows as standardized points."""

    def __init__(self, view: View, preparation: Preparation) -> None:
        codes = {position for position, _ in preparation.embedded}
        self.view = view
        self.preparation = preparation
        # The distance between two codes means nothing.
        self.kept = [i for i in range(preparation.num_features) if i not in codes]

    @classmethod
    def of(cls, view: View) -> "_Inputs | None":
        """Return the points of a view; None if they have no more than one number."""
        preparation = Preparation.fit(view.dataset, view.known_rows)
        inputs = cls(view, preparation)
        # On a line, points are near each other by nature.
        return inputs if len(inputs.kept) > 1 else None

    def sample(self, rows: np.ndarray, most: int) -> tuple[np.ndarray, float]:
        """Return at most so many rows, evenly taken, and the share that was taken."""
        budget = math.isqrt(MAX_PRODUCTS // len(self.kept) // (MAX_KNOWN // MAX_ASKED))
        most = min(most, budget * (MAX_KNOWN // MAX_ASKED if most > MAX_ASKED else 1))
        if len(rows) <= most:
            return rows, 1.0
        rows = np.sort(np.random.default_rng(0).permutation(rows)[:most])
        return rows, most / len(rows)

    def points(self, rows: np.ndarray) -> np.ndarray:
        """Return rows as points (n, d) of float64: differences of near points count."""
        inputs = self.preparation.transform(self.view.dataset, rows)
        return inputs[:, self.kept].astype(np.float64)

    def nearest(self, asked: np.ndarray, known: np.ndarray) -> np.ndarray:
        """Distance of each asked row to the nearest known one that is not its copy."""
        points = self.points(known)
        squares = np.einsum("ij,ij->i", points, points)
        found = []
        for start in range(0, len(asked), _BLOCK):
            block = self.points(asked[start : start + _BLOCK])
            own = np.einsum("ij,ij->i", block, block)
            far = own[:, None] + squares - 2 * block @ points.T
            # Rounding leaves about this much between a row and its exact copy.
            far[far <= 1e-11 * (own[:, None] + squares) + 1e-300] = np.inf
            found.append(np.sqrt(far.min(axis=1)))
        return np.concatenate(found)


def _row_hashes(view: View) -> np.ndarray | None:
    """A hash of the features of each row, for use within this process."""
    names = [column.name for column in view.features]
    if not names:
        return None
    return view.dataset.frame.select(names).hash_rows(seed=0).to_numpy()


def _is_coarse(view: View) -> bool:
    """Whether so few different rows are possible that copies arise by themselves."""
    possible = math.prod(
        column.num_distinct + (column.num_missing > 0) for column in view.features
    )
    return possible < ROOM * view.dataset.num_examples
