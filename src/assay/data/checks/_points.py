"""Converts rows to points whose distances measure how similar the rows are."""

import math

import numpy as np

from assay.data.checks._context import CheckContext
from assay.data.preparation._preparation import Preparation

__all__ = ["Points", "sample"]

MAX_FITTED = 100_000
"""Maximum number of rows used to fit the standardization."""


class Points:
    """Converts rows to standardized points."""

    def __init__(self, context: CheckContext, preparation: Preparation) -> None:
        code_positions = {position for position, _ in preparation.embedded}
        self.context = context
        self.preparation = preparation
        # Codes are left out, since distances between codes are meaningless.
        num_values = math.prod(preparation.input_shape)
        self.kept = [i for i in range(num_values) if i not in code_positions]

    @classmethod
    def of(cls, context: CheckContext, rows: np.ndarray) -> "Points | None":
        """Return the points of a data set; None if each row is text or a single number.

        Args:
            context: the data set and its split.
            rows: rows used to fit the preparation; a sample is enough.
        """
        preparation = Preparation.fit(context.dataset, sample(rows, MAX_FITTED))
        if preparation.kind == "text":
            return None
        points = cls(context, preparation)
        # With a single value per row, almost every row has a near copy.
        return points if len(points.kept) > 1 else None

    @property
    def width(self) -> int:
        """Number of values per point."""
        return len(self.kept)

    def at(self, rows: np.ndarray) -> np.ndarray:
        """Return rows as points (n, d), in float64 because small differences matter."""
        inputs = self.preparation.transform(self.context.dataset, rows)
        values = inputs["values"] if isinstance(inputs, dict) else inputs
        flat = values.reshape(len(rows), -1)
        return flat[:, self.kept].astype(np.float64)


def sample(rows: np.ndarray, most: int) -> np.ndarray:
    """Return at most `most` rows, drawn with a fixed seed."""
    if len(rows) <= most:
        return rows
    return np.sort(np.random.default_rng(0).permutation(rows)[:most])
