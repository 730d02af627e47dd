"""The encoder for text columns."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from assay.data.columns.formats._words import UNSPACED
from assay.data.preparation.encoders._encoder import Feature
from assay.data.preparation.encoders._padding import (
    clip_lengths,
    empty_batch,
    pad_into,
    round_up_steps,
)

__all__ = ["TextEncoder"]

PADDING, UNKNOWN = "<pad>", "<unknown>"
"""Names of codes 0 and 1."""

MIN_COUNT = 2
"""Minimum number of training texts with a word. Rarer words count as unknown."""

MAX_WORDS = 20_000
"""Maximum number of words in the vocabulary, to limit the size of the embedding."""

MAX_STEPS = 256
"""Maximum number of words per text, to limit the time per iteration."""

_LETTER = rf"[[\p{{L}}\p{{N}}_]--[{UNSPACED}]]"
# In scripts without spaces, each character with its marks counts as a word.
_WORD = rf"[{UNSPACED}]\p{{M}}*|{_LETTER}+(?:'{_LETTER}+)*"


@dataclass(frozen=True)
class TextEncoder:
    """Encodes texts as codes of lowercase words that occur in the training rows.

    Code 0 is padding, and code 1 is any word outside the vocabulary. The other codes
    are sorted by the number of training texts that contain the word, largest first.
    Texts are truncated after MAX_STEPS words. In scripts without spaces between words,
    such as Chinese, each character counts as a word.
    """

    kind: ClassVar[str] = "text"
    column: str
    steps: int
    vocabulary: tuple[str, ...]

    @classmethod
    def fit(cls, column: str, values: pl.Series) -> "TextEncoder":
        """Return an encoder fitted to the training rows."""
        words = _words(values)
        num_texts = Counter(words.list.unique().explode().drop_nulls().to_list())
        # If no word occurs in two texts, all words are kept.
        least = MIN_COUNT if any(n >= MIN_COUNT for n in num_texts.values()) else 1
        by_count = sorted(num_texts.items(), key=lambda item: (-item[1], item[0]))
        vocabulary = tuple(
            word for word, count in by_count[:MAX_WORDS] if count >= least
        )
        longest = max([1, *words.list.len().to_list()])
        return cls(column, min(MAX_STEPS, round_up_steps(longest)), vocabulary)

    @property
    def features(self) -> tuple[Feature, ...]:
        """A single feature, or none if the training texts contain no words."""
        feature = Feature(self.column, self.column, self.kind)
        return (feature,) if self.vocabulary else ()

    @property
    def input_shape(self) -> tuple[int]:
        """The number of steps."""
        return (self.steps,)

    @property
    def cardinality(self) -> int:
        """Number of codes, including padding and unknown words."""
        return len(self.vocabulary) + 2

    def no_rows(self) -> dict[str, np.ndarray]:
        """Return empty inputs, with 0 rows."""
        return empty_batch(np.zeros((0, self.steps), dtype=np.int32))

    def encode(self, values: pl.Series) -> dict[str, np.ndarray]:
        """Return codes (n, steps), int32, and lengths (n,).

        A text without words becomes a single unknown word.
        """
        words = _words(values)
        words = words.set(words.list.len() == 0, None).fill_null(pl.Series([[UNKNOWN]]))
        lengths = words.list.len().to_numpy().astype(np.int64)
        code_of = {word: code for code, word in enumerate(self.vocabulary, 2)}
        flat = words.explode().replace_strict(code_of, default=1, return_dtype=pl.Int32)
        codes = np.zeros((len(lengths), self.steps), dtype=np.int32)
        pad_into(flat.to_numpy(), lengths, codes)
        return {"values": codes, "lengths": clip_lengths(lengths, self.steps)}

    def num_longer(self, values: pl.Series) -> int:
        """Return the number of texts that `encode` truncates."""
        return int((_words(values).list.len() > self.steps).sum())

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        return {"steps": self.steps, "vocabulary": list(self.vocabulary)}

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "TextEncoder":
        """Restore an encoder from the output of `to_json`."""
        return cls(column, data["steps"], tuple(data["vocabulary"]))


def _words(values: pl.Series) -> pl.Series:
    text = values.cast(pl.String).fill_null("").str.to_lowercase()
    return text.str.extract_all(_WORD)
