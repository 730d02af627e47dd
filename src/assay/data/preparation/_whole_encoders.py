"""Encoders of columns that are the whole input: images, series and text."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

import numpy as np
import polars as pl

from assay.data.preparation._column_encoders import Feature
from assay.data.table._array_cells import to_images, to_sequences

__all__ = [
    "WHOLE_ENCODERS",
    "ImageEncoder",
    "Inputs",
    "SequenceEncoder",
    "TextEncoder",
    "WholeEncoder",
]

Inputs = np.ndarray | dict[str, np.ndarray]
"""Inputs (n, ...), or values (n, steps, ...) with the lengths (n,) of each."""

PADDING, UNKNOWN = "<pad>", "<unknown>"
"""The words of the codes 0 and 1."""

MIN_COUNT = 2
"""Words that fewer training texts hold are unknown: one text teaches nothing."""

MAX_WORDS = 20_000
"""The most frequent words are kept."""

MAX_STEPS = 256
"""Texts are cut after so many words."""

_WORD = r"[\p{L}\p{N}_]+(?:'[\p{L}\p{N}_]+)*"
_BLOCK = 1024  # examples at once, so that a copy in float64 stays small


class WholeEncoder(Protocol):
    """Turns one column into the whole input of a network; plain data."""

    kind: ClassVar[str]
    column: str

    @property
    def features(self) -> tuple[Feature, ...]:
        """The column, if it varied while fitting."""
        ...

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the values of one example."""
        ...

    @property
    def cardinality(self) -> int | None:
        """How many codes there are, if the values are codes to embed."""
        ...

    def encode(self, series: pl.Series) -> Inputs:
        """Return the inputs of a column that has rows."""
        ...

    def no_rows(self) -> Inputs:
        """Return the inputs of no rows."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        ...


@dataclass(frozen=True)
class ImageEncoder:
    """Images of one size, each channel standardized over all training pixels."""

    kind: ClassVar[str] = "image"
    cardinality: ClassVar[int | None] = None
    column: str
    shape: tuple[int, int, int]
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def fit(cls, column: str, series: pl.Series) -> "ImageEncoder":
        """Fit to the training rows."""
        images = to_images(series)
        height, width, channels = images.shape[1:]
        mean, std = _moments(images)
        return cls(column, (height, width, channels), mean, std)

    @property
    def features(self) -> tuple[Feature, ...]:
        """The images, if a channel varies."""
        return _if_varied(self)

    @property
    def input_shape(self) -> tuple[int, int, int]:
        """Height, width and channels."""
        return self.shape

    def no_rows(self) -> np.ndarray:
        """Return the inputs of no rows."""
        return np.zeros((0, *self.shape), dtype=np.float32)

    def encode(self, series: pl.Series) -> np.ndarray:
        """Return standardized images (n, height, width, channels), float32."""
        return _standardized(to_images(series), self.mean, self.std)

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        shape, mean, std = (list(part) for part in (self.shape, self.mean, self.std))
        return {"shape": shape, "mean": mean, "std": std}

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "ImageEncoder":
        """Return the encoder that `to_json` wrote."""
        height, width, channels = data["shape"]
        shape = (height, width, channels)
        return cls(column, shape, tuple(data["mean"]), tuple(data["std"]))


@dataclass(frozen=True)
class SequenceEncoder:
    """Series, each channel standardized over all training steps.

    A missing value is put on the line between its neighbors. Series of unequal lengths
    are padded with zeros; longer ones than any in training are cut.
    """

    kind: ClassVar[str] = "sequence"
    cardinality: ClassVar[int | None] = None
    column: str
    steps: int
    uneven: bool
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def fit(cls, column: str, series: pl.Series) -> "SequenceEncoder":
        """Fit to the training rows."""
        values, lengths = to_sequences(series)
        uneven = isinstance(series.dtype, pl.List)
        longest = int(lengths.max())
        mean, std = _moments(_filled(values, lengths))
        return cls(column, _rounded(longest) if uneven else longest, uneven, mean, std)

    @property
    def features(self) -> tuple[Feature, ...]:
        """The series, if a channel varies."""
        return _if_varied(self)

    @property
    def input_shape(self) -> tuple[int, int]:
        """Steps and channels."""
        return self.steps, len(self.mean)

    def no_rows(self) -> Inputs:
        """Return the inputs of no rows."""
        values = np.zeros((0, *self.input_shape), dtype=np.float32)
        return _with_lengths(values) if self.uneven else values

    def encode(self, series: pl.Series) -> Inputs:
        """Return standardized series (n, steps, channels), with lengths if uneven."""
        values, lengths = to_sequences(series)
        filled = _standardized(_filled(values, lengths), self.mean, self.std)
        if not self.uneven:
            return filled.reshape(-1, *self.input_shape)
        padded = np.zeros((len(lengths), *self.input_shape), dtype=np.float32)
        _place(filled, lengths, padded)
        return {"values": padded, "lengths": _cut(lengths, self.steps)}

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        mean, std = list(self.mean), list(self.std)
        return {"steps": self.steps, "uneven": self.uneven, "mean": mean, "std": std}

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "SequenceEncoder":
        """Return the encoder that `to_json` wrote."""
        mean, std = tuple(data["mean"]), tuple(data["std"])
        return cls(column, data["steps"], data["uneven"], mean, std)


@dataclass(frozen=True)
class TextEncoder:
    """Text as codes of its words in lower case; the vocabulary is the training rows'.

    Code 0 pads and 1 is any word that is not in the vocabulary; the others follow by
    how many training texts hold them. Texts are cut after MAX_STEPS words.
    """

    kind: ClassVar[str] = "text"
    column: str
    steps: int
    vocabulary: tuple[str, ...]

    @classmethod
    def fit(cls, column: str, series: pl.Series) -> "TextEncoder":
        """Fit to the training rows."""
        words = _words(series)
        texts = Counter(words.list.unique().explode().drop_nulls().to_list())
        least = MIN_COUNT if any(n >= MIN_COUNT for n in texts.values()) else 1
        order = sorted(texts.items(), key=lambda item: (-item[1], item[0]))
        held = tuple(word for word, count in order[:MAX_WORDS] if count >= least)
        longest = max(1, int(words.list.len().max() or 0))  # type: ignore[arg-type]
        return cls(column, min(MAX_STEPS, _rounded(longest)), held)

    @property
    def features(self) -> tuple[Feature, ...]:
        """The text, if it has words."""
        return (Feature(self.column, self.column, self.kind),) * bool(self.vocabulary)

    @property
    def input_shape(self) -> tuple[int]:
        """Steps."""
        return (self.steps,)

    @property
    def cardinality(self) -> int:
        """The words, with those that pad or are unknown."""
        return len(self.vocabulary) + 2

    def no_rows(self) -> dict[str, np.ndarray]:
        """Return the inputs of no rows."""
        return _with_lengths(np.zeros((0, self.steps), dtype=np.int32))

    def encode(self, series: pl.Series) -> dict[str, np.ndarray]:
        """Return codes (n, steps), int32, and lengths (n,); no word is an unknown."""
        words = _words(series)
        words = words.set(words.list.len() == 0, None).fill_null(pl.Series([[UNKNOWN]]))
        lengths = words.list.len().to_numpy().astype(np.int64)
        places = {word: place for place, word in enumerate(self.vocabulary, 2)}
        flat = words.explode().replace_strict(places, default=1, return_dtype=pl.Int32)
        codes = np.zeros((len(lengths), self.steps), dtype=np.int32)
        _place(flat.to_numpy(), lengths, codes)
        return {"values": codes, "lengths": _cut(lengths, self.steps)}

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        return {"steps": self.steps, "vocabulary": list(self.vocabulary)}

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "TextEncoder":
        """Return the encoder that `to_json` wrote."""
        return cls(column, data["steps"], tuple(data["vocabulary"]))


WHOLE_ENCODERS: dict[str, Any] = {
    encoder.kind: encoder for encoder in (ImageEncoder, SequenceEncoder, TextEncoder)
}
"""The encoder of each kind of column that is the whole input."""


def _if_varied(encoder: ImageEncoder | SequenceEncoder) -> tuple[Feature, ...]:
    varied = any(std > 0 for std in encoder.std)
    return (Feature(encoder.column, encoder.column, encoder.kind),) * varied


def _moments(values: np.ndarray) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Mean and spread of each channel (the last axis), exactly and in little memory."""
    count = math.prod(values.shape[:-1])
    blocks = range(0, len(values), _BLOCK)

    def total(of: Any) -> np.ndarray:
        parts = (of(values[b : b + _BLOCK].astype(np.float64)) for b in blocks)
        sums = [part.reshape(-1, values.shape[-1]).sum(axis=0) for part in parts]
        return np.sum(sums, axis=0)

    mean = total(lambda block: block) / count
    variance = total(lambda block: (block - mean) ** 2) / count
    return tuple(mean.tolist()), tuple(np.sqrt(variance).tolist())


def _standardized(
    values: np.ndarray, mean: tuple[float, ...], std: tuple[float, ...]
) -> np.ndarray:
    out = values.astype(np.float32)
    out -= np.array(mean, dtype=np.float32)
    # A channel that did not vary is 0 in training; elsewhere it must not explode.
    out *= np.array([1 / s if s > 0 else 0.0 for s in std], dtype=np.float32)
    return out


def _filled(values: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return series (steps of all, channels) with gaps put on a line in each."""
    gaps = np.isnan(values)
    if not gaps.any():
        return values
    values = values.copy()
    ends = np.cumsum(lengths)
    fallback = np.nan_to_num(_known_mean(values))
    for row in np.unique(np.searchsorted(ends, np.flatnonzero(gaps.any(1)), "right")):
        part = slice(int(ends[row] - lengths[row]), int(ends[row]))
        for channel in np.flatnonzero(gaps[part].any(axis=0)):
            held = ~gaps[part, channel]
            line = values[part, channel]
            steps = np.arange(len(line))
            line[~held] = (
                np.interp(steps[~held], steps[held], line[held])
                if held.any()
                else fallback[channel]
            )
    return values


def _known_mean(values: np.ndarray) -> np.ndarray:
    held = ~np.isnan(values)
    return np.where(held, values, 0).sum(axis=0) / np.maximum(held.sum(axis=0), 1)


def _place(flat: np.ndarray, lengths: np.ndarray, out: np.ndarray) -> None:
    """Write rows, one after the other, into out (n, steps, ...), cut to its steps."""
    steps = np.arange(int(lengths.max())) if len(lengths) else np.arange(0)
    real = steps < lengths[:, None]
    starts = np.cumsum(lengths) - lengths
    kept = real[:, : out.shape[1]]
    rows, columns = np.nonzero(kept)
    out[rows, columns] = flat[starts[rows] + columns]


def _with_lengths(values: np.ndarray) -> dict[str, np.ndarray]:
    return {"values": values, "lengths": np.zeros(len(values), dtype=np.int32)}


def _cut(lengths: np.ndarray, steps: int) -> np.ndarray:
    return np.minimum(lengths, steps).astype(np.int32)


def _rounded(steps: int) -> int:
    """Return the least of 8, 10, 12, 14, 16, 20, … that fits.

    A refit on train + val then mostly has the shape that tuning had compiled.
    """
    size = 2
    while 4 * size < steps:
        size *= 2
    size //= 2
    return max(8, -(-steps // size) * size)


def _words(series: pl.Series) -> pl.Series:
    text = series.cast(pl.String).fill_null("").str.to_lowercase()
    return text.str.extract_all(_WORD)
