"""Encoders that turn the columns of a table into numbers for a network."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np
import polars as pl

from assay.data.preparation.encoders._known_categories import (
    FEW_ROWS,
    UnseenCategories,
    category_codes,
)
from assay.data.preparation.encoders._scale import Scale, to_floats

__all__ = [
    "ENCODERS",
    "MAX_ONE_HOT",
    "BooleanEncoder",
    "CategoryEncoder",
    "DateEncoder",
    "Encoder",
    "Feature",
    "NumberEncoder",
    "date_parts",
]

MAX_ONE_HOT = 32
"""Maximum number of one-hot columns for a column of categories.

With more categories, the column becomes codes to be embedded, because one-hot columns
would outnumber all other inputs."""

_DAY = 86_400_000_000  # microseconds
_FIRST_WEEKDAY = 3  # 1 January 1970 was a Thursday


class Feature(NamedTuple):
    """A prepared column, with its name, its original column and its kind."""

    name: str
    column: str
    kind: str


class Encoder(Protocol):
    """Turns one column into prepared columns, if any; contains only plain data."""

    kind: ClassVar[str]

    @property
    def column(self) -> str:
        """The name of the column."""
        ...

    @property
    def features(self) -> tuple[Feature, ...]:
        """The prepared columns; empty if the column did not vary in training."""
        ...

    @property
    def cardinality(self) -> int | None:
        """Number of codes if the prepared column contains codes; otherwise None."""
        ...

    def write(self, values: pl.Series, out: np.ndarray) -> None:
        """Write the prepared columns (n, d) of typed values (n,) into `out`."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        ...


@dataclass(frozen=True)
class NumberEncoder:
    """Standardizes numbers, and adds a flag if values were missing in training."""

    kind: ClassVar[str] = "number"
    column: str
    scale: Scale
    missing: bool

    @classmethod
    def fit(cls, column: str, values: pl.Series) -> "NumberEncoder":
        """Fit to the training rows."""
        return cls(column, Scale.fit(to_floats(values)), _any_missing(values))

    @property
    def cardinality(self) -> None:
        """None, because the values are not codes."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """The value and, if values were missing in training, the missing flag."""
        value = Feature(self.column, self.column, self.kind)
        flag = (Feature(f"{self.column} is missing", self.column, "missing"),)
        return (value, *flag * self.missing)

    def write(self, values: pl.Series, out: np.ndarray) -> None:
        """Write the value, or 0 if it did not vary in training, and the flag.

        A column that did not vary is kept so that the shape of the inputs, and with it
        the compiled program, does not depend on the training rows.
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
        return {"scale": self.scale.to_json(), "missing": self.missing}

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "NumberEncoder":
        """Restore an encoder from the output of `to_json`."""
        return cls(column, Scale(*data["scale"]), data["missing"])


@dataclass(frozen=True)
class BooleanEncoder(NumberEncoder):
    """Encodes true and false as 1 and 0, standardized like a number."""

    kind: ClassVar[str] = "boolean"


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
        """Fit to the training rows."""
        return cls(column, _distinct(values), _any_missing(values))

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


@dataclass(frozen=True)
class DateEncoder:
    """Encodes dates as days since 1970, month and weekday, all standardized."""

    kind: ClassVar[str] = "date"
    column: str
    scales: tuple[Scale, Scale, Scale]
    missing: bool

    @classmethod
    def fit(cls, column: str, values: pl.Series) -> "DateEncoder":
        """Fit to the training rows."""
        days, month, weekday = (Scale.fit(part) for part in date_parts(values))
        return cls(column, (days, month, weekday), _any_missing(values))

    @property
    def cardinality(self) -> None:
        """None, because the values are not codes."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """The parts that varied in training and, if dates were missing, the flag."""
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
        """Write the parts that varied in training and, if used, the missing flag."""
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


ENCODERS: dict[str, type[NumberEncoder] | type[CategoryEncoder] | type[DateEncoder]] = {
    encoder.kind: encoder
    for encoder in (NumberEncoder, BooleanEncoder, CategoryEncoder, DateEncoder)
}
"""The encoder for each kind of column that can be combined with other inputs."""


def _distinct(values: pl.Series) -> tuple[str, ...]:
    """Return the distinct values, sorted."""
    if len(values) >= FEW_ROWS:
        return tuple(values.drop_nulls().unique().sort().to_list())
    return tuple(sorted({value for value in values.to_list() if value is not None}))


def _any_missing(values: pl.Series) -> bool:
    return values.null_count() > 0


def date_parts(values: pl.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return days since 1970, month and weekday (n,) of each date, NaN if missing."""
    moments = values.cast(pl.Datetime("us")).to_numpy()
    days, months = (moments.astype(f"datetime64[{unit}]") for unit in "DM")
    since_1970 = moments.astype(np.int64) / _DAY
    month = months.astype(np.int64) % 12 + 1.0
    weekday = (days.astype(np.int64) + _FIRST_WEEKDAY) % 7 + 1.0  # 1 is Monday
    is_missing = np.isnat(moments)
    for part in (since_1970, month, weekday):
        part[is_missing] = np.nan
    return since_1970, month, weekday
