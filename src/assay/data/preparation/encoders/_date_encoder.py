"""Encodes dates as days, months and weekdays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from assay.data.preparation.encoders._encoder import Feature
from assay.data.preparation.encoders._impute_and_scale import Scale

__all__ = ["DateEncoder", "date_parts"]

_DAY = 86_400_000_000  # microseconds
_FIRST_WEEKDAY = 3  # 1 January 1970 was a Thursday


@dataclass(frozen=True)
class DateEncoder:
    """Encodes dates as days since 1970, month and weekday, all standardized."""

    kind: ClassVar[str] = "date"
    column: str
    scales: tuple[Scale, Scale, Scale]
    missing: bool

    @classmethod
    def fit(cls, column: str, values: pl.Series) -> "DateEncoder":
        """Return an encoder fitted to the training rows."""
        days, month, weekday = (Scale.fit(part) for part in date_parts(values))
        return cls(column, (days, month, weekday), values.null_count() > 0)

    @property
    def cardinality(self) -> None:
        """Always None, because the values are not codes."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """The date parts that varied in training, and any missing-value flag."""
        parts = tuple(
            Feature(f"{self.column} {part}", self.column, self.kind)
            for part, scale in zip(
                ("days", "month", "weekday"), self.scales, strict=True
            )
            if scale.std > 0
        )
        flag = (Feature(f"{self.column} is missing", self.column, "missing"),)
        return parts + flag * self.missing

    def write(self, values: pl.Series, out: np.ndarray) -> None:
        """Write the parts that varied in training, and any missing-value flag."""
        position = 0
        for scale, part in zip(self.scales, date_parts(values), strict=True):
            if scale.std > 0:
                scale.write(part, out[:, position])
                position += 1
        if self.missing:
            out[:, -1] = values.is_null().to_numpy()

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        return {
            "scales": [scale.to_json() for scale in self.scales],
            "missing": self.missing,
        }

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "DateEncoder":
        """Restore an encoder from the output of `to_json`."""
        days, month, weekday = (Scale(*scale) for scale in data["scales"])
        return cls(column, (days, month, weekday), data["missing"])


def date_parts(values: pl.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return days since 1970, months and weekdays (n,) of dates. NaN means missing."""
    moments = values.cast(pl.Datetime("us")).to_numpy()
    days, months = (moments.astype(f"datetime64[{unit}]") for unit in "DM")
    since_1970 = moments.astype(np.int64) / _DAY
    month = months.astype(np.int64) % 12 + 1.0
    weekday = (days.astype(np.int64) + _FIRST_WEEKDAY) % 7 + 1.0  # 1 is Monday
    is_missing = np.isnat(moments)
    for part in (since_1970, month, weekday):
        part[is_missing] = np.nan
    return since_1970, month, weekday
