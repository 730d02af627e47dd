"""Compares new rows with the training rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from assay.data.columns._parse import read_as
from assay.data.preparation.encoders._category_encoder import CategoryEncoder
from assay.data.preparation.encoders._known_categories import UnseenCategories
from assay.data.preparation.new_rows._longer import LongerExamples

__all__ = ["Differences", "count_unseen"]


@dataclass(frozen=True)
class Differences:
    """How new rows differ from the training rows.

    Args:
        unseen: counts of unseen categories, one for each column of categories.
        longer: counts of long sequences or texts; None for other inputs.
    """

    unseen: tuple[UnseenCategories, ...]
    longer: LongerExamples | None

    @classmethod
    def of(cls, frame: pl.DataFrame, encoders: Sequence[Any]) -> "Differences":
        """Compare rows with those to which the encoders were fitted."""
        first = encoders[0]
        longer = LongerExamples.of(frame[first.column], first)
        return cls(count_unseen(frame, encoders), longer)

    def __add__(self, other: "Differences") -> "Differences":
        """Return the differences of two consecutive blocks of rows together."""
        pairs = zip(self.unseen, other.unseen, strict=True)
        longer = self.longer
        if longer is not None and other.longer is not None:
            longer += other.longer
        return Differences(tuple(a + b for a, b in pairs), longer)

    @property
    def notes(self) -> tuple[str, ...]:
        """One note for each difference that is not reported during prediction."""
        unseen = [str(count) for count in self.unseen if count.num_unseen]
        longer = self.longer if self.longer and self.longer.num_longer else None
        return (*unseen, *([str(longer)] if longer else []))


def count_unseen(
    frame: pl.DataFrame, encoders: Sequence[Any]
) -> tuple[UnseenCategories, ...]:
    """Count unseen categories in each column of categories."""
    return tuple(
        encoder.unseen(read_as(frame[encoder.column], encoder.kind).values)
        for encoder in encoders
        if isinstance(encoder, CategoryEncoder)
    )
