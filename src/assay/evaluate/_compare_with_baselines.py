"""Compares a network with its baselines on the training rows."""

import os
from collections.abc import Sequence

import numpy as np

from assay._parallel_map import map_parallel
from assay._seeds import generator
from assay.evaluate._baselines import Baseline
from assay.evaluate._comparison import Comparison, compare
from assay.metrics import Metric

__all__ = ["Part", "compare_with_baselines", "compared_rows", "sample_note"]

MOST_COMPARED = 100_000
"""Maximum number of training rows on which resampled metrics are compared."""

Part = tuple[np.ndarray, np.ndarray]
"""Targets (n,) and predictions (n,) or (n, num_classes)."""


def compared_rows(metric: Metric, num_rows: int, seed: int) -> slice | np.ndarray:
    """Return the training rows on which the network is compared with the baselines.

    Large training sets are sampled, because drawing signs and weights for millions of
    rows takes many seconds. Accuracy needs no draws.
    """
    if metric.name == "accuracy" or num_rows <= MOST_COMPARED:
        return slice(None)
    rows = generator(seed, "verdict rows").permutation(num_rows)[:MOST_COMPARED]
    return np.sort(rows)


def compare_with_baselines(
    train: Part,
    baselines: Sequence[Baseline],
    rows: slice | np.ndarray,
    *,
    metric: Metric,
    seed: int,
    level: float,
) -> list[Comparison]:
    """Compare the network with each baseline on some training rows."""
    targets, predictions = (part[rows] for part in train)

    def compared(baseline: Baseline) -> Comparison:
        return compare(
            predictions,
            baseline.train_predictions[rows],
            targets,
            metric=metric,
            names=("network", baseline.name),
            seed=seed,
            level=level,
        )

    # NumPy releases the interpreter lock during the slow operations.
    return map_parallel(compared, baselines, os.cpu_count())


def sample_note(
    rows: slice | np.ndarray, num_rows: int, num_train: int | None = None
) -> str:
    """Return a note on sampled training rows, or "" if all of them were used.

    Args:
        rows: rows that were compared with the baselines; see `compared_rows`.
        num_rows: number of rows used to compute the metric on train.
        num_train: number of rows used to train the network, if higher.
    """
    notes = []
    if num_train is not None and num_rows < num_train:
        notes.append(f"train: {num_rows:,} of {num_train:,} rows")
    if not isinstance(rows, slice):
        notes.append(
            f"compared with the baselines on {len(rows):,} of {num_rows:,} training "
            "rows"
        )
    return f" ({'; '.join(notes)})" if notes else ""
