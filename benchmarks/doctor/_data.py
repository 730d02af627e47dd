"""Prepares the benchmark's data sets, which are split at random with a given seed."""

from dataclasses import dataclass, replace

import numpy as np

from assay.training import TrainingData
from benchmarks.doctor._tables import read

__all__ = ["MORE", "NAMES", "Arrays", "draw"]

NAMES = ("wine", "moons", "digits", "friedman1")
MORE = ("iris", "breast_cancer", "diabetes", "circles", "overlap", "uneven")
# Fractions of train and val; the rest is used only for the final score.
_SHARES = (0.5, 0.2)


@dataclass(frozen=True)
class Arrays:
    """Standardized inputs and targets of train, val and unused test rows.

    Args:
        parts: (inputs, targets) of train, val and test.
        num_classes: number of classes; 1 for regression.
        unit: factor by which a fault multiplied the targets; errors are divided by it.
    """

    parts: tuple[tuple[np.ndarray, np.ndarray], ...]
    num_classes: int
    unit: float = 1.0

    @property
    def train(self) -> tuple[np.ndarray, np.ndarray]:
        """Inputs and targets of train."""
        return self.parts[0]

    def with_parts(self, *parts: tuple[np.ndarray, np.ndarray]) -> "Arrays":
        """Return a copy with different parts."""
        return replace(self, parts=parts)

    def training_data(self) -> TrainingData:
        """Return train and val as training data for fits."""
        return TrainingData.of(*self.parts[:2], num_classes=self.num_classes)


def draw(name: str, seed: int, num_train: int | None = None) -> Arrays:
    """Split a data set at random and standardize it with the statistics of train.

    Args:
        name: one of `NAMES` or `MORE`.
        seed: seed for the split.
        num_train: number of training rows to keep; by default, all.
    """
    inputs, targets, num_classes = read(name)
    order = np.random.default_rng(seed).permutation(len(inputs))
    first, second = (int(sum(_SHARES[: n + 1]) * len(inputs)) for n in range(2))
    rows = np.split(order, [first, second])
    rows[0] = rows[0][:num_train]
    mean, std = inputs[rows[0]].mean(0), inputs[rows[0]].std(0)
    inputs = ((inputs - mean) / np.where(std > 0, std, 1)).astype(np.float32)
    if num_classes == 1:
        own = targets[rows[0]]
        targets = ((targets - own.mean()) / own.std()).astype(np.float32)
    return Arrays(tuple((inputs[part], targets[part]) for part in rows), num_classes)
