"""Encoders: each turns one column into numbers, as the training rows taught it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np
import polars as pl

from assay.data.columns._column import Column

__all__ = [
    "ENCODERS",
    "MAX_ONE_HOT",
    "Encoder",
    "Feature",
    "coded",
    "date_parts",
    "fit_encoder",
    "floats",
    "varies",
]

MAX_ONE_HOT = 32
"""Up to here a category is one column a value; beyond, it is a code to embed."""

_TINY = 1e-12
"""A spread this small beside the values is rounding, not variation."""

_DAY = 86_400_000_000  # microseconds
_LARGEST = float(np.finfo(np.float32).max)


class Feature(NamedTuple):
    """One prepared column: its name, the column it comes from, what it holds."""

    name: str
    column: str
    kind: str


class Encoder(Protocol):
    """Turns one column into zero or more prepared columns; plain data."""

    kind: ClassVar[str]
    column: str

    @property
    def features(self) -> tuple[Feature, ...]:
        """What the prepared columns are; none if nothing varied while fitting."""
        ...

    @property
    def cardinality(self) -> int | None:
        """How many codes there are, if the prepared column holds codes to embed."""
        ...

    def write(self, series: pl.Series, out: np.ndarray) -> None:
        """Write the prepared columns of values (n,) already read into out (n, d)."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        ...


@dataclass(frozen=True)
class Scale:
    """Fills what is missing, then subtracts a mean and divides by a spread."""

    fill: float
    mean: float
    std: float

    @classmethod
    def fit(cls, values: np.ndarray) -> "Scale":
        """Fit to values (n,), where NaN is missing; std is 0 if they do not vary."""
        held = values[~np.isnan(values)]
        if not held.size:
            return cls(0.0, 0.0, 0.0)
        fill = float(np.median(held))
        # Divided first, lest squares of very large numbers overflow.
        largest = float(np.abs(held).max()) or 1.0
        filled = np.where(np.isnan(values), fill, values) / largest
        mean, std = float(filled.mean()), float(filled.std())
        if std <= _TINY * abs(mean):
            return cls(fill, mean * largest, 0.0)
        return cls(fill, mean * largest, std * largest)

    def write(self, values: np.ndarray, out: np.ndarray) -> None:
        """Write the scaled values (n,) into out (n,); values is overwritten."""
        np.copyto(values, self.fill, where=np.isnan(values))
        values -= self.mean
        values /= self.std
        np.clip(values, -_LARGEST, _LARGEST, out=values)
        out[:] = values

    def to_json(self) -> list[float]:
        """Return fill, mean and std."""
        return [self.fill, self.mean, self.std]


@dataclass(frozen=True)
class NumberEncoder:
    """A number, standardized; and whether it was missing, if it can be."""

    kind: ClassVar[str] = "number"
    column: str
    scale: Scale
    missing: bool
    cardinality: ClassVar[int | None] = None

    @classmethod
    def fit(cls, column: str, series: pl.Series) -> "NumberEncoder":
        """Fit to the training rows."""
        return cls(column, Scale.fit(floats(series)), _some_missing(series))

    @property
    def features(self) -> tuple[Feature, ...]:
        """The value, then whether it was missing."""
        value = Feature(self.column, self.column, self.kind)
        flag = (Feature(f"{self.column} is missing", self.column, "missing"),)
        return (value, *flag * self.missing)

    def write(self, series: pl.Series, out: np.ndarray) -> None:
        """Write the value and the flag; 0 for a value that had not varied.

        The column stays even then, so that parts of the data that differ in a rare
        value are of one shape, and run in one compiled program.
        """
        if self.missing:
            out[:, -1] = series.is_null().to_numpy()
        if self.scale.std > 0:
            self.scale.write(floats(series), out[:, 0])
        else:
            out[:, 0] = 0

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        return {"scale": self.scale.to_json(), "missing": self.missing}

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "NumberEncoder":
        """Return the encoder that `to_json` wrote."""
        return cls(column, Scale(*data["scale"]), data["missing"])


@dataclass(frozen=True)
class BooleanEncoder(NumberEncoder):
    """True and false as 1 and 0, standardized like a number."""

    kind: ClassVar[str] = "boolean"


@dataclass(frozen=True)
class CategoryEncoder:
    """A category: one column a value, or a code to embed where there are many.

    A value that the training rows did not hold is all zeros, or code 0.

    Args:
        column: its name.
        categories: values that the training rows held.
        missing: whether some of them held none.
        cardinality: how many codes there are; None for one column a value.
    """

    kind: ClassVar[str] = "category"
    column: str
    categories: tuple[str, ...]
    missing: bool
    cardinality: int | None = None

    @classmethod
    def fit(cls, column: str, series: pl.Series) -> "CategoryEncoder":
        """Fit to the training rows."""
        held = series.drop_nulls().unique().sort().to_list()
        return cls(column, tuple(held), _some_missing(series))

    @property
    def num_values(self) -> int:
        """How many values were seen, a missing one included."""
        return len(self.categories) + self.missing

    @property
    def features(self) -> tuple[Feature, ...]:
        """One column a value, or one code."""
        name = self.column
        if self.num_values < 2:
            return ()
        if self.cardinality is not None:
            return (Feature(name, name, "code"),)
        values = tuple(Feature(f"{name}={c}", name, self.kind) for c in self.categories)
        flag = (Feature(f"{name} is missing", name, "missing"),)
        return values + flag * self.missing

    def write(self, series: pl.Series, out: np.ndarray) -> None:
        """Write one column a value, or the codes."""
        known = series.cast(pl.Enum(list(self.categories)), strict=False).to_physical()
        codes = known.cast(pl.Int64).fill_null(-1).to_numpy(writable=True)
        if self.missing:
            codes[series.is_null().to_numpy()] = len(self.categories)
        if self.cardinality is not None:
            out[:, 0] = codes + 1
            return
        out[:] = 0.0
        seen = np.flatnonzero(codes >= 0)
        out[seen, codes[seen]] = 1.0

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        return {
            "categories": list(self.categories),
            "missing": self.missing,
            "cardinality": self.cardinality,
        }

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "CategoryEncoder":
        """Return the encoder that `to_json` wrote."""
        held = tuple(data["categories"]), data["missing"], data["cardinality"]
        return cls(column, *held)


@dataclass(frozen=True)
class DateEncoder:
    """A date as days since 1970, month and weekday, each standardized."""

    kind: ClassVar[str] = "date"
    column: str
    scales: tuple[Scale, Scale, Scale]
    missing: bool
    cardinality: ClassVar[int | None] = None

    @classmethod
    def fit(cls, column: str, series: pl.Series) -> "DateEncoder":
        """Fit to the training rows."""
        days, month, weekday = (Scale.fit(part) for part in date_parts(series))
        return cls(column, (days, month, weekday), _some_missing(series))

    @property
    def features(self) -> tuple[Feature, ...]:
        """The parts that vary, then whether the date was missing."""
        parts = tuple(
            Feature(f"{self.column} {part}", self.column, self.kind)
            for part, scale in zip(
                ("days", "month", "weekday"), self.scales, strict=True
            )
            if scale.std > 0
        )
        flag = (Feature(f"{self.column} is missing", self.column, "missing"),)
        return parts + flag * self.missing

    def write(self, series: pl.Series, out: np.ndarray) -> None:
        """Write the parts and the flag."""
        position = 0
        for scale, part in zip(self.scales, date_parts(series), strict=True):
            if scale.std > 0:
                scale.write(part, out[:, position])
                position += 1
        if self.missing:
            out[:, -1] = series.is_null().to_numpy()

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        return {
            "scales": [scale.to_json() for scale in self.scales],
            "missing": self.missing,
        }

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "DateEncoder":
        """Return the encoder that `to_json` wrote."""
        days, month, weekday = (Scale(*scale) for scale in data["scales"])
        return cls(column, (days, month, weekday), data["missing"])


ENCODERS: dict[str, Any] = {
    encoder.kind: encoder
    for encoder in (NumberEncoder, BooleanEncoder, CategoryEncoder, DateEncoder)
}
"""The encoder of each kind of column that becomes some of many inputs."""


def fit_encoder(column: Column, series: pl.Series) -> Encoder:
    """Fit the encoder of a column's kind to the training rows."""
    fit: Callable[[str, pl.Series], Encoder] = ENCODERS[column.kind].fit
    return fit(column.name, series)


def coded(encoder: Any, column: Column) -> Any:
    """Return the encoder, with codes if its column has too many values to spread.

    All rows count for that, so that every part of the data has as many codes.
    """
    num_codes = column.num_distinct + (column.num_missing > 0)
    if not isinstance(encoder, CategoryEncoder) or num_codes <= MAX_ONE_HOT:
        return encoder
    return replace(encoder, cardinality=num_codes + 1)


def varies(encoder: Any) -> bool:
    """Whether a column told rows apart while its encoder was fitted."""
    if isinstance(encoder, NumberEncoder):
        return encoder.scale.std > 0 or encoder.missing
    return bool(encoder.features)


def _some_missing(series: pl.Series) -> bool:
    return series.null_count() > 0


def floats(series: pl.Series) -> np.ndarray:
    """Values (n,) as float64 of their own, NaN where missing."""
    if not (series.dtype.is_integer() or series.dtype.is_float()):
        series = series.cast(pl.Float64)
    return series.to_numpy().astype(np.float64)


def date_parts(series: pl.Series) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days since 1970, month and weekday (n,) of each date, NaN where missing."""
    moments = series.cast(pl.Datetime("us"))
    return (
        floats(moments.cast(pl.Int64)) / _DAY,
        floats(moments.dt.month()),
        floats(moments.dt.weekday()),
    )
