"""The encoder for sequence columns."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import polars as pl

from assay.data.preparation.encoders._channels import channel_moments, standardize
from assay.data.preparation.encoders._encoder import Feature
from assay.data.preparation.encoders._padding import (
    clip_lengths,
    empty_batch,
    pad_into,
    round_up_steps,
)
from assay.data.table._array_cells import num_steps, to_sequences

__all__ = ["SequenceEncoder"]


@dataclass(frozen=True)
class SequenceEncoder:
    """Encodes sequences, with each channel standardized over all training steps.

    Missing values are interpolated between their neighbors. Sequences of different
    lengths are padded with zeros, and sequences longer than `steps` are truncated.

    Args:
        column: the name of the column.
        steps: length to which every sequence is padded or truncated.
        uneven: whether sequences may differ in length.
        mean: mean of each channel.
        std: standard deviation of each channel.
    """

    kind: ClassVar[str] = "sequence"
    column: str
    steps: int
    uneven: bool
    mean: tuple[float, ...]
    std: tuple[float, ...]

    @classmethod
    def fit(cls, column: str, values: pl.Series) -> "SequenceEncoder":
        """Return an encoder fitted to the training rows."""
        steps, lengths = to_sequences(values)
        uneven = isinstance(values.dtype, pl.List)
        longest = int(lengths.max())
        mean, std = channel_moments(_interpolate_missing(steps, lengths))
        num_steps = round_up_steps(longest) if uneven else longest
        return cls(column, num_steps, uneven, mean, std)

    @property
    def cardinality(self) -> None:
        """Always None, because the values are not codes."""

    @property
    def features(self) -> tuple[Feature, ...]:
        """A single feature, or none if no channel varies."""
        varies = any(std > 0 for std in self.std)
        return (Feature(self.column, self.column, self.kind),) if varies else ()

    @property
    def input_shape(self) -> tuple[int, int]:
        """The number of steps and the number of channels."""
        return self.steps, len(self.mean)

    def no_rows(self) -> np.ndarray | dict[str, np.ndarray]:
        """Return empty inputs, with 0 rows."""
        values = np.zeros((0, *self.input_shape), dtype=np.float32)
        return empty_batch(values) if self.uneven else values

    def encode(self, values: pl.Series) -> np.ndarray | dict[str, np.ndarray]:
        """Return standardized sequences (n, steps, channels).

        If lengths may differ, the lengths (n,) are also returned.
        """
        steps, lengths = to_sequences(values)
        complete = _interpolate_missing(steps, lengths)
        standardized = standardize(complete, self.mean, self.std)
        if not self.uneven:
            return standardized.reshape(-1, *self.input_shape)
        padded = np.zeros((len(lengths), *self.input_shape), dtype=np.float32)
        pad_into(standardized, lengths, padded)
        return {"values": padded, "lengths": clip_lengths(lengths, self.steps)}

    def num_longer(self, cells: pl.Series) -> int:
        """Return the number of sequences that `encode` truncates."""
        return int((num_steps(cells) > self.steps).sum())

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        mean, std = list(self.mean), list(self.std)
        return {"steps": self.steps, "uneven": self.uneven, "mean": mean, "std": std}

    @classmethod
    def from_json(cls, column: str, data: Mapping[str, Any]) -> "SequenceEncoder":
        """Restore an encoder from the output of `to_json`."""
        mean, std = tuple(data["mean"]), tuple(data["std"])
        return cls(column, data["steps"], data["uneven"], mean, std)


def _interpolate_missing(values: np.ndarray, lengths: np.ndarray) -> np.ndarray:
    """Return the steps of all sequences (steps, channels), with gaps filled.

    A gap is interpolated linearly within its sequence; a channel that is missing from
    an entire sequence is filled with the mean of that channel.
    """
    missing = np.isnan(values)
    if not missing.any():
        return values
    values = values.copy()
    ends = np.cumsum(lengths)
    fallback = np.nan_to_num(_mean_of_known(values))
    for row in np.unique(
        np.searchsorted(ends, np.flatnonzero(missing.any(1)), "right")
    ):
        span = slice(int(ends[row] - lengths[row]), int(ends[row]))
        for channel in np.flatnonzero(missing[span].any(axis=0)):
            known = ~missing[span, channel]
            line = values[span, channel]  # a view, so writing to it changes `values`
            steps = np.arange(len(line))
            line[~known] = (
                np.interp(steps[~known], steps[known], line[known])
                if known.any()
                else fallback[channel]
            )
    return values


def _mean_of_known(values: np.ndarray) -> np.ndarray:
    known = ~np.isnan(values)
    return np.where(known, values, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
