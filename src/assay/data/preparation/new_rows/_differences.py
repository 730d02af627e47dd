"""Compares new rows with the training rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from assay.data.columns._parse import read_as
from assay.data.preparation.encoders._category_encoder import CategoryEncoder
from assay.data.preparation.encoders._known_categories import UnseenCategories
from assay.data.preparation.new_rows._longer import LongerExamples
from assay.data.preparation.new_rows._missing_values import MissingValues

__all__ = ["Differences", "count_unseen"]


@dataclass(frozen=True)
class Differences:
    """How new rows differ from the training rows.

    Args:
        missing: rows and columns without any values.
        unseen: counts of unseen categories, one for each column of categories.
        longer: counts of overlong sequences or texts; None for other inputs.
    """

    missing: MissingValues
    unseen: tuple[UnseenCategories, ...]
    longer: LongerExamples | None

    @classmethod
    def of(
        cls, frame: pl.DataFrame, encoders: Sequence[Any], styles: Mapping[str, str]
    ) -> "Differences":
        """Compare rows with those to which the encoders were fitted.

        Args:
            frame: new rows before conversion.
            encoders: the encoders of all columns that the model uses.
            styles: formats of numbers and dates by column name.
        """
        missing = MissingValues.of(frame, encoders, styles)
        first = encoders[0]
        longer = LongerExamples.of(frame[first.column], first)
        return cls(missing, count_unseen(frame, encoders), longer)

    def __add__(self, other: "Differences") -> "Differences":
        """Combine the differences found in two consecutive blocks of rows."""
        pairs = zip(self.unseen, other.unseen, strict=True)
        longer = self.longer
        if longer is not None and other.longer is not None:
            longer += other.longer
        unseen = tuple(a + b for a, b in pairs)
        return Differences(self.missing + other.missing, unseen, longer)

    @property
    def notes(self) -> tuple[str, ...]:
        """One note for each difference that is not reported during prediction."""
        unseen = [str(count) for count in self.unseen if count.num_unseen]
        longer = self.longer if self.longer and self.longer.num_longer else None
        return (*self.missing.notes, *unseen, *([str(longer)] if longer else []))


def count_unseen(
    frame: pl.DataFrame, encoders: Sequence[Any]
) -> tuple[UnseenCategories, ...]:
    """Count unseen categories in each column of categories."""
    return tuple(
        encoder.unseen(read_as(frame[encoder.column], encoder.kind).values)
        for encoder in encoders
        if isinstance(encoder, CategoryEncoder)
    )
