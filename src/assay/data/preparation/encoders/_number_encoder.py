"""Encodes numbers and booleans as standardized numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from assay.data.preparation.encoders._encoder import Feature
from assay.data.preparation.encoders._impute_and_scale import Scale, to_floats

__all__ = ["BooleanEncoder", "NumberEncoder", "extent_of"]


@dataclass(frozen=True)
class NumberEncoder:
    """Standardizes numbers, and adds a flag if values were missing in training.

    Args:
        column: name of the column.
        scale: scale of the training numbers.
        missing: whether numbers were missing in training.
        extent: smallest and largest training number; None for models from earlier
            versions and columns without numbers.
    """

    kind: ClassVar[str] = "number"
    column: str
    scale: Scale
    missing: bool
    extent: tuple[float, float] | None = None

    @classmethod
    def fit(cls, column: str, values: pl.Series) -> "NumberEncoder":
        """Return an encoder fitted to the training rows."""
        numbers = to_floats(values)
        missing = values.null_count() > 0
        return cls(column, Scale.fit(numbers), missing, extent_of(numbers))

    @property
    def cardinality(self) -> None:
        """Always None, because the values are not codes."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """The value and, if values were missing in training, a missing-value flag."""
        value = Feature(self.column, self.column, self.kind)
        flag = (Feature(f"{self.column} is missing", self.column, "missing"),)
        return (value, *flag * self.missing)

    def write(self, values: pl.Series, out: np.ndarray) -> None:
        """Write the value, or 0 if it did not vary in training, and the missing-value
        flag.

        A column that did not vary is kept so that the shape of the inputs and the
        compiled program do not depend on the training rows.
        """
        numbers = to_floats(values)
        if self.missing:
            out[:, -1] = np.isnan(numbers)
        if self.scale.std > 0:
            self.scale.write(numbers, out[:, 0])
        else:
            out[:, 0] = 0

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        extent = {} if self.extent is None else {"extent": list(self.extent)}
        return {"scale": self.scale.to_json(), "missing": self.missing, **extent}

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "NumberEncoder":
        """Restore an encoder from the output of `to_json`."""
        extent = tuple(data["extent"]) if "extent" in data else None
        return cls(column, Scale(*data["scale"]), data["missing"], extent)


@dataclass(frozen=True)
class BooleanEncoder(NumberEncoder):
    """Encodes true and false as 1 and 0, standardized like a number."""

    kind: ClassVar[str] = "boolean"


def extent_of(numbers: np.ndarray) -> tuple[float, float] | None:
    """Return the smallest and the largest of numbers (n,), or None if all are NaN."""
    low = float(np.fmin.reduce(numbers, initial=np.nan))
    return None if np.isnan(low) else (low, float(np.fmax.reduce(numbers)))
