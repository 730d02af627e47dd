"""Layers for sequences and codes as a user asks for them."""

from typing import Annotated, ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from assay._errors import fault
from assay.spec._fields import Count
from assay.spec._range import Range
from assay.spec._space import Space
from assay.spec.layers._basic import Layer

__all__ = ["GRU", "LSTM", "EmbedColumns", "Embedding", "Recurrent", "SimpleRNN"]

_LARGEST_CODE = 2**24  # float32 holds every whole number up to here
_Codes = Annotated[
    int | Space, Range(1, _LARGEST_CODE, whole=True, traced=False, example=1000)
]
_Units = Annotated[
    int | str | Space,
    Range(1, whole=True, traced=False, words=("auto",), example=8),
]


class Recurrent(Layer):
    """Walks along a sequence with a state; sequences may have lengths of their own.

    Args:
        units: numbers of the state.
        return_sequences: whether the state after every step comes out (many to
            many), or only the last one (many to one).
        bidirectional: whether a second walk from the end to the start is joined.
    """

    units: Count
    return_sequences: bool = False
    bidirectional: bool = False


class SimpleRNN(Recurrent):
    """The state is a dense layer of the input and of itself, through tanh."""

    kind: ClassVar[str] = "simple_rnn"


class LSTM(Recurrent):
    """Long short-term memory: a cell that gates write, keep and read.

    Example:
        >>> [LSTM(64, return_sequences=True), LSTM(64)][1].bidirectional
        False
    """

    kind: ClassVar[str] = "lstm"


class GRU(Recurrent):
    """Gated recurrent unit: an LSTM's idea with two gates and no cell."""

    kind: ClassVar[str] = "gru"


class Embedding(Layer):
    """A learned row of `units` numbers for each of `size` codes (tokens, categories).

    Example:
        >>> Embedding(1000, 16).kind
        'embedding'
    """

    kind: ClassVar[str] = "embedding"
    size: _Codes
    units: Count


class EmbedColumns(Layer):
    """Embeds the columns of a table that hold codes; the numbers stay beside them.

    Args:
        columns: (position, number of codes) of each column of codes.
        units: numbers that stand for a code; "auto" takes half of the number of
            codes, at least 1 and at most 50.

    Example:
        >>> EmbedColumns(((3, 40), (5, 7))).units
        'auto'
    """

    kind: ClassVar[str] = "embed_columns"
    columns: tuple[tuple[int, int], ...]
    units: _Units = "auto"

    @model_validator(mode="after")
    def _columns_differ(self) -> "EmbedColumns":
        positions = [position for position, _ in self.columns]
        faults = []
        if len(set(positions)) < len(positions) or not positions:
            fix = "Name each column of codes once, such as [[3, 40], [5, 7]]."
            faults.append(fault("positions differ", "columns", self.columns, fix))
        for position, codes in self.columns:
            if position < 0 or not 1 <= codes <= _LARGEST_CODE:
                rule = f"position >= 0 and 1 <= codes <= {_LARGEST_CODE}"
                fix = "Write [position, number of codes]."
                faults.append(fault(rule, "columns", (position, codes), fix))
        if faults:
            raise PydanticCustomError("said", "columns", {"messages": faults})
        return self
