"""A decorator that checks the array types in function signatures during tests."""

from typing import Union

import beartype
import jax
import numpy as np

__all__ = ["checked"]

checked = beartype.beartype(
    conf=beartype.BeartypeConf(
        # An int is accepted as a float, as in PEP 484.
        is_pep484_tower=True,
        # Layers that are not on a device yet contain NumPy arrays, which JAX accepts.
        hint_overrides=beartype.FrozenDict(
            {jax.Array: Union[jax.Array, np.ndarray]}  # noqa: UP007
        ),
    )
)
"""A decorator that checks the types of all arguments and of the result."""
