"""The check that tests add to the signatures of functions on arrays."""

from typing import Union

import beartype
import jax
import numpy as np

__all__ = ["checked"]

checked = beartype.beartype(
    conf=beartype.BeartypeConf(
        # An int may stand for a float, as PEP 484 has it.
        is_pep484_tower=True,
        # Layers that are not on a device yet hold NumPy arrays, which JAX accepts.
        hint_overrides=beartype.FrozenDict(
            {jax.Array: Union[jax.Array, np.ndarray]}  # noqa: UP007
        ),
    )
)
"""A decorator that checks the types of all arguments and of the result."""
