"""Encoders for images, sequences and text, which must be a network's sole input."""

from typing import Any, ClassVar, Protocol

import numpy as np
import polars as pl

from assay.data.preparation.encoders._encoder import Feature
from assay.data.preparation.encoders._image_encoder import ImageEncoder
from assay.data.preparation.encoders._sequence_encoder import SequenceEncoder
from assay.data.preparation.encoders._text_encoder import TextEncoder

__all__ = ["SOLE_INPUT_ENCODERS", "Inputs", "SoleInputEncoder"]

Inputs = np.ndarray | dict[str, np.ndarray]
"""Inputs (n, ...), or a dict of values (n, steps, ...) and their lengths (n,)."""


class SoleInputEncoder(Protocol):
    """Encodes a column as the sole input of a network. All fields are plain data."""

    kind: ClassVar[str]

    @property
    def column(self) -> str:
        """The name of the column."""
        ...

    @property
    def features(self) -> tuple[Feature, ...]:
        """A single feature, or none if the column did not vary in the training rows."""
        ...

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the values of one example."""
        ...

    @property
    def cardinality(self) -> int | None:
        """Number of codes if the values are codes to be embedded, or None otherwise."""
        ...

    def encode(self, values: pl.Series) -> Inputs:
        """Return the inputs for a column with at least one row."""
        ...

    def no_rows(self) -> Inputs:
        """Return empty inputs, with 0 rows."""
        ...

    def to_json(self) -> dict[str, Any]:
        """Return the encoder as plain JSON values."""
        ...


SOLE_INPUT_ENCODERS: dict[
    str, type[ImageEncoder] | type[SequenceEncoder] | type[TextEncoder]
] = {encoder.kind: encoder for encoder in (ImageEncoder, SequenceEncoder, TextEncoder)}
"""The encoder for each column kind that must be the only input."""
