"""Batches of sequences with different lengths, whose padded steps must not count.

A layer that mixes steps (convolution, pooling, recurrence, flattening) first fills the
padded steps with a value that cannot affect it, so that a padded row gives the same
output as the row alone.
"""

import jax
import jax.numpy as jnp

__all__ = ["fill_padding", "real_steps"]


def real_steps(x: jax.Array, lengths: jax.Array) -> jax.Array:
    """Return which steps are real, (n, steps, 1, ...) for x (n, steps, ...).

    Example:
        >>> real_steps(jnp.zeros((2, 3)), jnp.array([1, 3])).tolist()
        [[True, False, False], [True, True, True]]
    """
    real = jnp.arange(x.shape[1])[None] < lengths[:, None]
    return real.reshape(*real.shape, *[1] * (x.ndim - 2))


def fill_padding(
    x: jax.Array, lengths: jax.Array | None, *, fill: float = 0.0
) -> jax.Array:
    """Return x (n, steps, ...) with padded steps filled; without lengths, x itself."""
    if lengths is None:
        return x
    return jnp.where(real_steps(x, lengths), x, jnp.asarray(fill, x.dtype))
