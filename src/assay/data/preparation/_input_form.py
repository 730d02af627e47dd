"""The form of the network inputs, as determined by the encoders."""

from functools import cached_property
from typing import cast

from assay.data.columns._column import SOLE_INPUT_KINDS
from assay.data.preparation._fit_encoders import AnyEncoder
from assay.data.preparation._sole_input_encoders import SoleInputEncoder
from assay.data.preparation.encoders._encoder import Encoder, Feature

__all__ = ["InputForm"]


class InputForm:
    """The kind, the shape and the features of the network inputs."""

    encoders: tuple[AnyEncoder, ...]

    @property
    def sole_encoder(self) -> SoleInputEncoder | None:
        """The encoder for images, sequences or text, or None for a table."""
        first = self.encoders[0]
        is_sole_input = first.kind in SOLE_INPUT_KINDS
        return cast(SoleInputEncoder, first) if is_sole_input else None

    @property
    def column_encoders(self) -> tuple[Encoder, ...]:
        """The encoders for a table's columns; empty if there is a sole input."""
        is_table = self.sole_encoder is None
        return cast(tuple[Encoder, ...], self.encoders) if is_table else ()

    @property
    def kind(self) -> str:
        """The kind of the inputs: "table", "image", "sequence" or "text"."""
        sole = self.sole_encoder
        return "table" if sole is None else sole.kind

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the values of one example."""
        sole = self.sole_encoder
        return (self.num_features,) if sole is None else sole.input_shape

    @property
    def num_codes(self) -> int | None:
        """Number of codes if the inputs are text, or None otherwise."""
        sole = self.sole_encoder
        return None if sole is None else sole.cardinality

    @cached_property
    def features(self) -> tuple[Feature, ...]:
        """The prepared columns, each with its name, original column and kind."""
        return tuple(f for encoder in self.encoders for f in encoder.features)

    @property
    def num_features(self) -> int:
        """Number of prepared columns."""
        return len(self.features)

    @cached_property
    def embedded(self) -> tuple[tuple[int, int], ...]:
        """Position and number of codes of each prepared column that contains codes."""
        pairs, position = [], 0
        for encoder in self.column_encoders:
            if encoder.cardinality is not None:
                pairs.append((position, encoder.cardinality))
            position += len(encoder.features)
        return tuple(pairs)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that new rows must have."""
        return tuple(encoder.column for encoder in self.encoders)
