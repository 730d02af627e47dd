"""Embeddings of tokens, categories and numbers as learned vectors."""

from typing import Annotated, ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from assay._errors import fault
from assay.spec._fields import Count
from assay.spec._range import Range
from assay.spec._space import Space
from assay.spec.layers._layer import Layer

__all__ = ["EmbedColumns", "Embedding", "PeriodicEmbedding"]

_LARGEST_CODE = 2**24  # float32 represents all whole numbers up to this value exactly
_Codes = Annotated[
    int | Space, Range(1, _LARGEST_CODE, whole=True, traced=False, example=1000)
]
_Units = Annotated[
    int | str | Space,
    Range(1, whole=True, traced=False, words=("auto",), example=8),
]
_Spread = Annotated[float | Space, Range(0, open_low=True, traced=False, example=0.1)]


class Embedding(Layer):
    """Looks up a learned vector for each code.

    Use it for tokens and for categorical features with many values. The result is the
    same as that of a dense layer applied to one-hot codes.

    Args:
        size: number of codes.
        units: size of each vector.

    Example:
        >>> Embedding(1000, 16).kind
        'embedding'

    References:
        Bengio et al., 2003, "A neural probabilistic language model".
    """

    kind: ClassVar[str] = "embedding"
    formula: ClassVar[str] = "y = W[code]"
    size: _Codes
    units: Count


class EmbedColumns(Layer):
    """Embeds a table's columns of codes and keeps its other columns.

    Use it as the first layer for tables in which some categorical columns have many
    values.

    Args:
        columns: (position, number of codes) for each column of codes.
        units: size of each vector; "auto" is half the number of codes, but at least 1
            and at most 50.

    Example:
        >>> EmbedColumns(((3, 40), (5, 7))).units
        'auto'

    References:
        Guo and Berkhahn, 2016, "Entity embeddings of categorical variables".
    """

    kind: ClassVar[str] = "embed_columns"
    formula: ClassVar[str] = "y = [numbers in x, W_p[x_p] for each position p of codes]"
    columns: tuple[tuple[int, int], ...]
    units: _Units = "auto"

    @model_validator(mode="after")
    def _columns_differ(self) -> "EmbedColumns":
        positions = [position for position, _ in self.columns]
        faults = []
        if len(set(positions)) < len(positions) or not positions:
            faults.append(
                "Each column of codes must be listed exactly once, but got "
                f"columns={self.columns!r}. Write [[position, number of codes], ...], "
                "such as [[3, 40], [5, 7]]."
            )
        for position, codes in self.columns:
            if position < 0 or not 1 <= codes <= _LARGEST_CODE:
                rule = f"position >= 0 and 1 <= codes <= {_LARGEST_CODE}"
                fix = "Write [position, number of codes]."
                faults.append(fault(rule, "columns", (position, codes), fix))
        if faults:
            raise PydanticCustomError("said", "columns", {"messages": faults})
        return self


class PeriodicEmbedding(Layer):
    """Appends learned periodic functions of individual columns to the inputs.

    A dense network learns smooth functions of its inputs first, but the target of a
    table is often a function with steps and bumps. For each number x[p] at one of the
    positions, the layer returns `units` outputs, which are learned mixtures of
    `frequencies` cosines of x[p] alone. The first outputs are the inputs themselves.

    Args:
        numbers: positions of the numbers to embed, in ascending order.
        units: number of outputs per embedded number.
        frequencies: number of cosines per embedded number.
        spread: standard deviation of the initial frequencies w; larger values resolve
            finer details.

    Example:
        >>> PeriodicEmbedding((0, 2)).units
        3

    References:
        Gorishniy, Rubachev and Babenko, 2022, "On embeddings for numerical features in
        tabular deep learning"; Holzmüller, Grinsztajn and Steinwart, 2024, "Better by
        default", for the bias, the dense connection and the initial values.
    """

    kind: ClassVar[str] = "periodic_embedding"
    formula: ClassVar[str] = "y = [x, sum over k of cos(2π (w_k x[p] + b_k)) V_k + c]"
    numbers: tuple[int, ...]
    units: Count = 3
    frequencies: Count = 16
    spread: _Spread = 0.1

    @model_validator(mode="after")
    def _ascending(self) -> "PeriodicEmbedding":
        numbers = self.numbers
        if not numbers or min(numbers) < 0 or list(numbers) != sorted(set(numbers)):
            rule = "0 <= numbers[0] < numbers[1] < …"
            fix = "List the position of each number once, in order, such as [0, 2]."
            message = fault(rule, "numbers", numbers, fix)
            raise PydanticCustomError("said", "numbers", {"messages": [message]})
        return self
