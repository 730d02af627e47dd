"""Measures how well similar rows predict a row if some of them are left out."""

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from assay.data.checks._context import CheckContext
from assay.data.checks._points import Points

__all__ = ["MAX_COMPARED_ROWS", "Gain", "Neighbors"]

MAX_COMPARED_ROWS = 1_000
"""Maximum number of rows to compare. All pairs are compared, so more would be slow."""

MIN_GAIN = 0.1
"""Minimum relevant gain in skill (0 for a constant prediction, 1 for a perfect one)."""

MIN_DEVIATIONS = 3.0
"""Minimum gain, in standard errors. It is high because several gains are tested."""

_NUM_NEIGHBORS, _NUM_DRAWS, _NUM_LEVELS = 3, 3, 10
_NUM_PERIODS, _FIRST_PREDICTED = 5, 2  # the first two periods are not predicted
_CLUSTER = 5  # number of successive rows whose prediction errors may be correlated


class Gain(NamedTuple):
    """The gain in skill from using certain rows, compared with leaving them out.

    Args:
        skill: skill when the same number of other rows is left out.
        skill_without: skill when these rows are left out.
        deviations: difference between the two skill scores, in standard errors.
    """

    skill: float
    skill_without: float
    deviations: float

    @property
    def matters(self) -> bool:
        """Whether the gain is large and unlikely to be due to chance."""
        is_large = self.skill - self.skill_without >= MIN_GAIN
        return is_large and self.deviations >= MIN_DEVIATIONS


class Neighbors:
    """Predicts the target of each row from the 3 most similar other rows.

    Args:
        points: (n, d), standardized rows.
        target: (n,), class indices or quantities.
        is_regression: whether the targets are quantities.
    """

    def __init__(
        self, points: np.ndarray, target: np.ndarray, *, is_regression: bool
    ) -> None:
        squares = np.einsum("ij,ij->i", points, points)
        self.distances = squares[:, None] - 2 * points @ points.T + squares
        np.fill_diagonal(self.distances, np.inf)
        self.target = target
        self.is_regression = is_regression
        self._levels = target
        if is_regression:
            order = np.argsort(np.argsort(target, kind="stable"))
            self._levels = order * _NUM_LEVELS // len(target)
        self._rng = np.random.default_rng(0)

    @classmethod
    def of(cls, context: CheckContext, rows: np.ndarray) -> "Neighbors | None":
        """Return the neighbors for rows, or None if the rows cannot be compared.

        Rows cannot be compared if the input is text or a single number, or if the
        target is constant.
        """
        points = Points.of(context, rows)
        target = context.dataset.target[rows]
        if points is None or len(np.unique(target)) < 2:
            return None
        is_regression = context.dataset.task.kind == "regression"
        return cls(points.at(rows), target, is_regression=is_regression)

    def gain_of_groups(self, labels: np.ndarray) -> Gain:
        """Return the gain from using rows with equal labels (n,)."""
        return self._gain(labels, _are_equal, labels)

    def gain_of_nearby(self, positions: np.ndarray, width: int) -> Gain:
        """Return the gain from using nearby rows.

        Args:
            positions: position of each row in the file (n,).
            width: maximum distance between nearby rows.
        """

        def are_nearby(rows: np.ndarray, others: np.ndarray) -> np.ndarray:
            return abs(rows - others) <= width

        return self._gain(positions, are_nearby, positions // _CLUSTER)

    def gain_of_later(self) -> Gain:
        """Return the gain from using later rows to predict the targets of earlier rows.

        The rows must be in chronological order. Each fifth of them is predicted from
        the earlier fifths and, for comparison, from the same number of randomly chosen
        rows.
        """
        size = len(self.target)
        parts = np.arange(size) * _NUM_PERIODS // size
        predicted = parts >= _FIRST_PREDICTED
        without = self._skills(parts[:, None] <= parts)
        shares = 1 - np.searchsorted(parts, parts)[:, None] / size
        draws = [
            self._skills(self._rng.random((size, size)) < shares)
            for _ in range(_NUM_DRAWS)
        ]
        skills = np.mean(draws, axis=0)
        return _gain_of(
            skills[predicted], without[predicted], np.arange(predicted.sum())
        )

    def _gain(
        self,
        labels: np.ndarray,
        are_alike: Callable[[np.ndarray, np.ndarray], np.ndarray],
        clusters: np.ndarray,
    ) -> Gain:
        """Return the gain from using rows with labels like that of the predicted row.

        For comparison, the same number of rows with similar targets is left out, so the
        gain does not depend on how the labels are related to the targets.
        """
        without = self._skills(are_alike(labels[:, None], labels))
        draws = [
            self._skills(are_alike(mixed[:, None], mixed))
            for mixed in (labels[self._shuffled()] for _ in range(_NUM_DRAWS))
        ]
        return _gain_of(np.mean(draws, axis=0), without, clusters)

    def _shuffled(self) -> np.ndarray:
        """Return the row numbers (n,), shuffled within groups of similar targets."""
        order = np.arange(len(self.target))
        for level in np.unique(self._levels):
            rows = np.flatnonzero(self._levels == level)
            order[rows] = self._rng.permutation(rows)
        return order

    def _skills(self, left_out: np.ndarray) -> np.ndarray:
        """Return the skill (n,) of the prediction for each row.

        Args:
            left_out: mask (n, n) of the rows to leave out when predicting each row.
        """
        distances = np.where(left_out, np.inf, self.distances)
        near = np.argpartition(distances, _NUM_NEIGHBORS)[:, :_NUM_NEIGHBORS]
        if self.is_regression:
            errors = (self.target[near].mean(axis=1) - self.target) ** 2
            return 1 - errors / self.target.var()
        right = (self.target[near] == self.target[:, None]).mean(axis=1)
        chance = np.bincount(self.target).max() / len(self.target)
        return (right - chance) / (1 - chance)


def _are_equal(labels: np.ndarray, others: np.ndarray) -> np.ndarray:
    return labels == others


def _gain_of(skills: np.ndarray, without: np.ndarray, clusters: np.ndarray) -> Gain:
    """Return the mean gain in skill, allowing for correlated errors within clusters."""
    differences = skills - without
    _, indices = np.unique(clusters, return_inverse=True)
    sums = np.bincount(indices, weights=differences)
    error = math.sqrt(float((sums**2).sum())) or math.inf
    return Gain(float(skills.mean()), float(without.mean()), float(sums.sum()) / error)
