"""Broadcasting of arrays along the last axes of larger ones."""

import jax

__all__ = ["along_last_axis"]


def along_last_axis(values: jax.Array, like: jax.Array) -> jax.Array:
    """Reshape values (c,) so that they broadcast against `like` (..., c).

    Example:
        >>> import jax.numpy as jnp
        >>> along_last_axis(jnp.zeros(3), jnp.zeros((2, 5, 3))).shape
        (1, 1, 3)
    """
    return values.reshape((1,) * (like.ndim - values.ndim) + values.shape)
