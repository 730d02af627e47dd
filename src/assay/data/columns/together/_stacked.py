"""Text columns concatenated into one, so that a single call reads all of them."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from polars.dataframe.group_by import GroupBy

from assay.data.columns._parse import MISSING_WORDS, Reading, tidy

__all__ = ["COLUMNS_AT_ONCE", "MAX_ROWS", "Stacked", "Typed"]

COLUMNS_AT_ONCE = 64
"""Number of columns to read together if only some of them may be needed."""

MAX_ROWS = 10_000
"""Shorter columns are read together. In longer ones, equal cells are read once."""


class Typed(NamedTuple):
    """A column that was read.

    Args:
        values: the typed values.
        kind: the kind of the column.
        reason: the reason for the kind.
        style: format of the numbers or dates, as in `Style.name`.
        rewritten: an example of a cell not in a plain format; "" if there is none.
        num_stray: number of cells that are not values of this kind.
    """

    values: pl.Series
    kind: str
    reason: str
    style: str = ""
    rewritten: str = ""
    num_stray: int = 0


class Stacked:
    """Text columns concatenated into one, so they can be read in a single call.

    Args:
        columns: text columns of the same length.

    Attributes:
        text: the cells of all columns.
    """

    def __init__(self, columns: Sequence[pl.Series]) -> None:
        self.columns = columns
        self.text = tidy(pl.concat(columns, rechunk=True))

    @cached_property
    def _is_value(self) -> pl.Series:
        return self.text.is_not_null() & ~self.text.is_in(MISSING_WORDS)

    @cached_property
    def num_values(self) -> np.ndarray:
        """The number of cells with a value in each column, shape (columns,)."""
        return self.count(self._is_value)

    @property
    def values(self) -> pl.Series:
        """The cells of all columns, with null for words that mean "no value"."""
        return self.text.set(~self._is_value, None)

    def count(self, mask: pl.Series) -> np.ndarray:
        """Return the number of cells in each column for which a mask is true."""
        cells = mask.fill_null(False).to_numpy()
        return cells.reshape(len(self.columns), len(self.columns[0])).sum(axis=1)

    def read(self, reading: Reading) -> tuple[np.ndarray, np.ndarray]:
        """Return masks of the columns that were read and of those with stray cells.

        A column was read if it has values and none of its cells is stray.
        """
        have_stray = self.count(reading.stray) > 0
        have_values = self.count(reading.values.is_not_null()) > 0
        return have_values & ~have_stray, have_stray

    def part(self, values: pl.Series, position: int) -> pl.Series:
        """Return the values of the column at a position."""
        cells = self.columns[position]
        return values.slice(position * len(cells), len(cells)).alias(cells.name)

    def chosen(self, values: pl.Series, mask: np.ndarray) -> pl.Series:
        """Return the values of the columns selected by a mask (columns,)."""
        return values.filter(pl.Series(np.repeat(mask, len(self.columns[0]))))

    def typed(
        self, values: pl.Series, chosen: np.ndarray, kind: str, reason: str
    ) -> Iterator[Typed]:
        """Yield the columns selected by the mask `chosen` (columns,)."""
        for position in np.flatnonzero(chosen).tolist():
            yield Typed(self.part(values, position), kind, reason)

    def first(self, mask: pl.Series) -> list[str]:
        """Return, for each column, the first cell at which a mask is true, or ""."""
        true = mask.fill_null(False).to_numpy().reshape(len(self.columns), -1)
        starts = np.arange(len(self.columns)) * true.shape[1]
        cells = self.text.gather(starts + true.argmax(axis=1)).to_list()
        found = zip(cells, true.max(axis=1).tolist(), strict=True)
        return [cell if is_true else "" for cell, is_true in found]

    def common(self, words: pl.Series) -> tuple[list[str], np.ndarray]:
        """Return, for each column, a word or "", and whether its words differ."""
        found, differ = [""] * len(self.columns), np.zeros(len(self.columns), bool)
        word = pl.col("word")
        groups = self._by_column(words).agg(word.first(), word.n_unique().alias("n"))
        for position, first, num_words in groups.iter_rows():
            found[position], differ[position] = first, num_words > 1
        return found, differ

    def largest_counts(self, words: pl.Series) -> np.ndarray:
        """Return how often the most common word in each column occurs."""
        counts = np.zeros(len(self.columns), int)
        groups = self._by_column(words).agg(pl.col("word").unique_counts().max())
        for position, count in groups.iter_rows():
            counts[position] = count
        return counts

    def _by_column(self, words: pl.Series) -> GroupBy:
        positions = np.repeat(np.arange(len(self.columns)), len(self.columns[0]))
        frame = pl.DataFrame({"position": positions, "word": words})
        return frame.drop_nulls().group_by("position")
