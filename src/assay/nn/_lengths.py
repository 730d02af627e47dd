"""Sequences of different lengths in one batch: padded steps must not count.

A layer that mixes steps (convolution, pooling, recurrence, flattening) first sets
padded steps to what cannot matter to it, so that a padded row computes what the row
alone would.
"""

import jax
import jax.numpy as jnp

__all__ = ["only_real", "real_steps"]


def real_steps(x: jax.Array, lengths: jax.Array) -> jax.Array:
    """Return True at real steps, (n, steps, 1, ...) for x (n, steps, ...).

    Example:
        >>> real_steps(jnp.zeros((2, 3)), jnp.array([1, 3])).tolist()
        [[True, False, False], [True, True, True]]
    """
    real = jnp.arange(x.shape[1])[None] < lengths[:, None]
    return real.reshape(*real.shape, *[1] * (x.ndim - 2))


def only_real(
    x: jax.Array, lengths: jax.Array | None, *, fill: float = 0.0
) -> jax.Array:
    """Return x (n, steps, ...) with padded steps filled; as it is without lengths."""
    if lengths is None:
        return x
    return jnp.where(real_steps(x, lengths), x, jnp.asarray(fill, x.dtype))
