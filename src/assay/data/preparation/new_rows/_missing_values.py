"""Finds new rows and columns without any values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from assay.data.columns._column import ARRAY_KINDS
from assay.data.columns._parse import MISSING_WORDS, read_as, tidy
from assay.data.columns.together._read_each_as import read_each_as
from assay.data.preparation.encoders._category_encoder import CategoryEncoder

__all__ = ["MissingValues"]

_FIRST_ROWS = 1000
_MIN_ROWS = 10  # with fewer rows, a column with gaps may be empty by chance
_SHOWN = 5  # maximum number of columns listed in a note


@dataclass(frozen=True)
class MissingValues:
    """The new rows and columns without any values.

    Args:
        num_rows: number of rows.
        num_empty: number of rows without any value in the columns that the model uses.
        first_empty: number of the first such row; None if there is none.
        complete: empty columns that had no gaps in training.
        gaps: empty columns that had gaps in training.
    """

    num_rows: int
    num_empty: int
    first_empty: int | None
    complete: tuple[str, ...]
    gaps: tuple[str, ...]

    @classmethod
    def of(
        cls, frame: pl.DataFrame, encoders: Sequence[Any], styles: Mapping[str, str]
    ) -> "MissingValues":
        """Find the rows and columns without any values.

        Args:
            frame: new rows before conversion.
            encoders: the encoders of all columns that the model uses.
            styles: formats of numbers and dates by column name.
        """
        if encoders[0].kind in ARRAY_KINDS:  # missing arrays are rejected
            return cls(frame.height, 0, None, (), ())
        rows = _rows_without_value(frame, encoders, styles)
        empty = _without_value(frame, encoders, styles)
        return cls(
            frame.height,
            num_empty=rows.size,
            first_empty=int(rows[0]) if rows.size else None,
            complete=tuple(e.column for e in empty if not _had_gaps(e)),
            gaps=tuple(e.column for e in empty if _had_gaps(e)),
        )

    def __add__(self, other: "MissingValues") -> "MissingValues":
        """Return the combined result for two consecutive blocks of rows."""
        first = self.first_empty
        if first is None and other.first_empty is not None:
            first = self.num_rows + other.first_empty
        return MissingValues(
            self.num_rows + other.num_rows,
            self.num_empty + other.num_empty,
            first,
            _in_both(self.complete, other.complete),
            _in_both(self.gaps, other.gaps),
        )

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on rows and columns without any values."""
        if self.num_empty == self.num_rows:
            return self._on_rows()
        return (*self._on_columns(), *self._on_rows())

    def _on_rows(self) -> tuple[str, ...]:
        if not self.num_empty:
            return ()
        nothing = "no value in any column that the model uses"
        if self.num_empty == 1:
            found = f"Row {self.first_empty} has {nothing}."
        else:
            found = f"{self.num_empty} rows have {nothing}; the first is row "
            found += f"{self.first_empty}."
        return (f"{found} Such rows all get the same prediction.",)

    def _on_columns(self) -> tuple[str, ...]:
        names = self.complete + self.gaps * (self.num_rows >= _MIN_ROWS)
        if not names:
            return ()
        shown = ", ".join(map(repr, names[:_SHOWN]))
        if len(names) > _SHOWN:
            shown += f" and {len(names) - _SHOWN} more"
        nouns, pronoun = ("column", "it") if len(names) == 1 else ("columns", "them")
        verb = "has" if len(names) == 1 else "have"
        return (
            f"warning: the {nouns} {shown} {verb} no values here, but had values in "
            f"training. The model predicts without {pronoun}.",
        )


def _rows_without_value(
    frame: pl.DataFrame, encoders: Sequence[Any], styles: Mapping[str, str]
) -> np.ndarray:
    """Return the indices of rows without a value in any column of the encoders."""
    rows = np.arange(frame.height)
    for encoder in encoders:  # usually, the first column rules out most rows
        if rows.size:
            cells = _without_words(frame[encoder.column][rows], encoder)
            style = styles.get(encoder.column, "")
            values = read_as(cells, encoder.kind, style).values
            rows = rows[_are_missing(values)]
    return rows


def _without_words(cells: pl.Series, encoder: Any) -> pl.Series:
    """Replace words such as "NA" with null, unless they are known categories."""
    if not isinstance(encoder, CategoryEncoder) or cells.dtype != pl.String:
        return cells
    words = [word for word in MISSING_WORDS if word not in encoder.categories]
    cells = tidy(cells)
    return cells.set(cells.is_in(words).fill_null(False), None)


def _without_value(
    frame: pl.DataFrame, encoders: Sequence[Any], styles: Mapping[str, str]
) -> list[Any]:
    """Return the encoders of the columns without any values."""
    # The first rows usually contain a value, so most columns are not read completely.
    for rows in (frame[:_FIRST_ROWS], frame[_FIRST_ROWS:]):
        columns = [rows[encoder.column] for encoder in encoders]
        kinds = [encoder.kind for encoder in encoders]
        readings = read_each_as(columns, kinds, styles)
        encoders = [
            encoder
            for encoder, reading in zip(encoders, readings, strict=True)
            if _are_missing(reading.values).all()
        ]
    return [*encoders] if frame.height else []


def _are_missing(values: pl.Series) -> np.ndarray:
    is_missing = values.is_null()
    if values.dtype.is_float():
        is_missing |= values.is_nan().fill_null(True)
    return is_missing.to_numpy()


def _had_gaps(encoder: Any) -> bool:
    """Return whether values were missing in training. Texts may always be missing."""
    return getattr(encoder, "missing", True)


def _in_both(some: Sequence[str], others: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for name in some if name in others)
