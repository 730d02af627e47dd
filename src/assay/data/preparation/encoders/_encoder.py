"""The interface of encoders for the columns of a table."""

from typing import Any, ClassVar, NamedTuple, Protocol

import numpy as np
import polars as pl

__all__ = ["Encoder", "Feature"]


class Feature(NamedTuple):
    """A prepared column, with its name, its original column and its kind."""

    name: str
    column: str
    kind: str


class Encoder(Protocol):
    """Encodes a column as zero or more prepared columns. All fields are plain data."""

    kind: ClassVar[str]

    @property
    def column(self) -> str:
        """The name of the column."""
        ...

    @property
    def features(self) -> tuple[Feature, ...]:
        """The prepared columns, or none if the column did not vary in training."""
        ...

    @property
    def cardinality(self) -> int | None:
        """Number of codes if the prepared column contains codes, or None otherwise."""
        ...

    def write(self, values: pl.Series, out: np.ndarray) -> None:
        """Write the prepared columns (n, d) of typed values (n,) into `out`."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        ...
