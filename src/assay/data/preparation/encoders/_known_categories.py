"""Matches cells to known categories, even if they are spelled differently."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from assay.data.table._column_names import INVISIBLE

__all__ = ["FEW_ROWS", "UnseenCategories", "category_codes"]

FEW_ROWS = 10_000
"""With fewer rows, a loop in Python is faster than a call to Polars."""

_PLAIN_NUMBER = r"^\+?(-?(?:0|[1-9]\d*)(?:\.\d*)?)$"


@dataclass(frozen=True)
class UnseenCategories:
    """Counts of cells whose category did not occur in training.

    Args:
        column: the name of the column.
        num_unseen: number of cells with an unseen category.
        num_values: number of cells that are not missing.
        examples: some of the unseen categories.
    """

    column: str
    num_unseen: int
    num_values: int
    examples: tuple[str, ...]

    @property
    def all_unseen(self) -> bool:
        """Whether none of the values occurred in the training rows."""
        return self.num_unseen == self.num_values

    def __add__(self, other: "UnseenCategories") -> "UnseenCategories":
        """Return the sum of the counts in two blocks of rows."""
        examples = dict.fromkeys((*self.examples, *other.examples))
        return UnseenCategories(
            self.column,
            self.num_unseen + other.num_unseen,
            self.num_values + other.num_values,
            tuple(examples)[:3],
        )

    def __str__(self) -> str:
        example = f"such as {self.examples[0]!r}" if self.examples else ""
        if self.all_unseen:
            return (
                f"warning: every value of {self.column!r} is new, {example}. The model "
                "was not trained on any of them, so it predicts without this column."
            )
        return (
            f"{self.column!r}: {self.num_unseen} of {self.num_values} values were not "
            f"seen in training, {example}. These rows are predicted without the column."
        )


def category_codes(values: pl.Series, categories: Sequence[str]) -> np.ndarray:
    """Return the index of each cell's category (n,), or -1 if missing or unseen.

    If no category matches exactly, a cell matches the category with the same number or
    boolean value: 1.0 matches 1, and TRUE matches True. Zero-width characters and
    differences in how accents are encoded are also ignored.

    Example:
        >>> category_codes(pl.Series(["1.0", "TRUE", "01", None]), ["1", "True"])
        array([ 0,  1, -1, -1])
    """
    codes = _codes_as_written(values, categories)
    if np.count_nonzero(codes < 0) == values.null_count():
        return codes
    unmatched = np.flatnonzero((codes < 0) & values.is_not_null().to_numpy())
    if unmatched.size:
        code_of = _codes_by_plain_form(categories)
        plain = _plain_form(values[unmatched].cast(pl.String))
        codes[unmatched] = [code_of.get(text, -1) for text in plain]
    return codes


def _codes_as_written(values: pl.Series, categories: Sequence[str]) -> np.ndarray:
    if len(values) < FEW_ROWS and values.dtype == pl.String:
        code_of = {category: code for code, category in enumerate(categories)}
        return np.array([code_of.get(v, -1) for v in values.to_list()], dtype=np.int64)
    known = values.cast(pl.Enum(list(categories)), strict=False).to_physical()
    return known.cast(pl.Int64).fill_null(-1).to_numpy(writable=True)


def _codes_by_plain_form(categories: Sequence[str]) -> dict[str, int]:
    plain = _plain_form(pl.Series(categories, dtype=pl.String)).to_list()
    counts = Counter(plain)
    # If 1 and 1.0 were different categories in training, they match only exactly.
    return {text: code for code, text in enumerate(plain) if counts[text] == 1}


def _plain_form(text: pl.Series) -> pl.Series:
    """Return text with booleans in lower case and numbers without trailing zeros."""
    text = text.str.normalize("NFC").str.replace_all(INVISIBLE, "")
    number = text.str.extract(_PLAIN_NUMBER, 1)
    has_point = number.str.contains(".", literal=True)
    shorter = number.str.strip_chars_end("0").str.strip_chars_end(".")
    number = number.zip_with(~has_point, shorter)
    lower = text.str.to_lowercase()
    is_truth = lower.is_in(["true", "false"])
    return number.fill_null(text.zip_with(~is_truth, lower))
