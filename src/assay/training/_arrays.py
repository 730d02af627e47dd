"""The arrays of a training, and the trees they lie in, as types.

An annotation such as `Float[Array, "n k"]` costs nothing when a program runs. It says
what an array holds to readers and static checkers, and the tests check every call.
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
    # Until a program returns them, states and hyperparameters hold NumPy's arrays and
    # numbers: to make JAX's would take a compiled call for each.
    Array = jax.Array | np.ndarray | np.generic
    Tree = Mapping[
        str, object
    ]  # a type that holds itself cannot be checked at run time

Scalar = Float[Array, ""]
Count = Int[Array, ""]
Flag = Bool[Array, ""]

Outputs = Float[Array, "n k"]  # raw outputs of a network: logits, or numbers
Targets = Num[Array, "n ..."]  # classes, numbers, or distributions over classes
Mask = Float[Array, " n"]  # 1 for a real row, 0 for one that pads the batch
Order = Int[Array, " positions"]  # numbers of rows, in the order they are trained on

KeyWords = UInt32[Array, "2"]  # the key of a training; a file can hold it
PassKey = Key[Array, ""]  # the key of one pass through a network


class Sequences(TypedDict):
    """Sequences of different lengths, padded to one.

    Args:
        values: (n, steps, channels).
        lengths: (n,), number of real steps of each.
    """

    values: Array
    lengths: Array


Inputs = Num[Array, "n ..."] | Sequences
HostInputs = np.ndarray | dict[str, np.ndarray]  # as a preparation returns them


def host_array(value: np.ndarray | np.generic) -> Array:
    """Return a NumPy value, typed as the array that a compiled program sees in it."""
    return value  # pyright: ignore[reportReturnType]
