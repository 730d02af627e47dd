"""Encodes categories as one-hot columns, or as codes that a network embeds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from assay.data.preparation.encoders._encoder import Feature
from assay.data.preparation.encoders._known_categories import (
    FEW_ROWS,
    UnseenCategories,
    category_codes,
)

__all__ = ["MAX_ONE_HOT", "CategoryEncoder"]

MAX_ONE_HOT = 32
"""Maximum number of one-hot columns for a column of categories.

Columns with more categories are encoded as codes and embedded, because one-hot columns
would outnumber all other inputs."""


@dataclass(frozen=True)
class CategoryEncoder:
    """Encodes categories as one-hot columns, or as codes if there are many.

    The network embeds the codes. A value that does not occur in the training rows
    becomes all zeros, or code 0.

    Args:
        column: the name of the column.
        categories: the distinct values in the training rows.
        missing: whether a value was missing in any training row.
        cardinality: number of codes; None for one-hot columns.
    """

    kind: ClassVar[str] = "category"
    column: str
    categories: tuple[str, ...]
    missing: bool
    cardinality: int | None = None

    @classmethod
    def fit(cls, column: str, values: pl.Series) -> "CategoryEncoder":
        """Return an encoder fitted to the training rows."""
        return cls(column, _distinct(values), values.null_count() > 0)

    @property
    def num_values(self) -> int:
        """Number of distinct values in training, plus one if values were missing."""
        return len(self.categories) + self.missing

    @property
    def features(self) -> tuple[Feature, ...]:
        """The one-hot columns, one per value, or a single column of codes."""
        name = self.column
        if self.num_values < 2:
            return ()
        if self.cardinality is not None:
            return (Feature(name, name, "code"),)
        one_hot = tuple(
            Feature(f"{name}={value}", name, self.kind) for value in self.categories
        )
        flag = (Feature(f"{name} is missing", name, "missing"),)
        return one_hot + flag * self.missing

    def unseen(self, values: pl.Series) -> UnseenCategories:
        """Count the values that do not occur in the training rows."""
        is_unseen = category_codes(values, self.categories) < 0
        unseen = values.filter(pl.Series(is_unseen)).drop_nulls()
        return UnseenCategories(
            self.column,
            num_unseen=len(unseen),
            num_values=len(values) - values.null_count(),
            examples=tuple(unseen.unique(maintain_order=True).head(3).to_list()),
        )

    def write(self, values: pl.Series, out: np.ndarray) -> None:
        """Write the one-hot columns, or the codes."""
        codes = category_codes(values, self.categories)
        if self.missing and values.null_count():
            codes[values.is_null().to_numpy()] = len(self.categories)
        if self.cardinality is not None:
            out[:, 0] = codes + 1
            return
        out[:] = 0.0
        known_rows = np.flatnonzero(codes >= 0)
        out[known_rows, codes[known_rows]] = 1.0

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        return {
            "categories": list(self.categories),
            "missing": self.missing,
            "cardinality": self.cardinality,
        }

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "CategoryEncoder":
        """Restore an encoder from the output of `to_json`."""
        categories = tuple(data["categories"])
        return cls(column, categories, data["missing"], data["cardinality"])


def _distinct(values: pl.Series) -> tuple[str, ...]:
    """Return the distinct values, sorted."""
    if len(values) >= FEW_ROWS:
        return tuple(values.drop_nulls().unique().sort().to_list())
    return tuple(sorted({value for value in values.to_list() if value is not None}))
