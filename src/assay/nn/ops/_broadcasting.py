"""Broadcasts arrays along the last axis of larger arrays."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

__all__ = ["along_last_axis"]


def along_last_axis(values: ArrayLike, like: ArrayLike) -> jax.Array:
    """Reshape values (c,) to (1, ..., c), which broadcasts to `like` (..., c).

    Example:
        >>> along_last_axis(jnp.zeros(3), jnp.zeros((2, 5, 3))).shape
        (1, 1, 3)
    """
    missing = jnp.ndim(like) - jnp.ndim(values)
    return jnp.reshape(values, (1,) * missing + jnp.shape(values))
