"""Types for the arrays used in training, and for trees of arrays.

An annotation such as `Float[Array, "n k"]` has no cost at run time. It documents an
array for readers and static checkers, and the tests check it on every call.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypedDict

import jax
import numpy as np
from jaxtyping import Bool, Float, Int, Key, Num, UInt32

__all__ = [
    "Array",
    "Count",
    "Flag",
    "HostInputs",
    "Inputs",
    "KeyWords",
    "Mask",
    "Order",
    "Outputs",
    "PassKey",
    "Scalar",
    "Sequences",
    "Targets",
    "Tree",
    "host_array",
]

if TYPE_CHECKING:
    Array = jax.Array
    Tree = Mapping[str, "Array | Tree"]
else:
    # States and hyperparameters consist of NumPy arrays and numbers until a program
    # returns them, because creating a JAX array requires a compiled call.
    Array = jax.Array | np.ndarray | np.generic
    Tree = Mapping[str, object]  # a recursive type cannot be checked at run time

Scalar = Float[Array, ""]
Count = Int[Array, ""]
Flag = Bool[Array, ""]

Outputs = Float[Array, "n k"]  # raw network outputs: logits or numbers
Targets = Num[Array, "n ..."]  # classes, numbers, or distributions over classes
Mask = Float[Array, " n"]  # 1 for a real row, 0 for a padding row
Order = Int[Array, " positions"]  # row numbers in training order

KeyWords = UInt32[Array, "2"]  # the key of a fit in a form that can be saved
PassKey = Key[Array, ""]  # the random key of one forward pass


class Sequences(TypedDict):
    """Sequences of different lengths, padded to a common length.

    Args:
        values: (n, steps, channels).
        lengths: (n,), number of steps in each sequence, excluding padding.
    """

    values: Array
    lengths: Array


Inputs = Num[Array, "n ..."] | Sequences
HostInputs = np.ndarray | dict[str, np.ndarray]  # as returned by a preparation


def host_array(value: np.ndarray | np.generic) -> Array:
    """Return a NumPy value unchanged, but typed as an input to a compiled program."""
    return value  # pyright: ignore[reportReturnType]
