"""Padding in batches of sequences with different lengths.

Padding must not change the output of a row. Therefore, layers that mix steps, such as
convolution, pooling and flattening, first fill padded steps with a neutral value.
"""

import jax
import jax.numpy as jnp

__all__ = ["fill_padding", "limited", "real_steps"]


def real_steps(x: jax.Array, lengths: jax.Array) -> jax.Array:
    """Return a mask of the real steps, (n, steps, 1, ...) for x (n, steps, ...).

    Example:
        >>> real_steps(jnp.zeros((2, 3)), jnp.array([1, 3])).tolist()
        [[True, False, False], [True, True, True]]
    """
    real = jnp.arange(x.shape[1])[None] < lengths[:, None]
    return real.reshape(*real.shape, *[1] * (x.ndim - 2))


def fill_padding(
    x: jax.Array, lengths: jax.Array | None, *, fill: float = 0.0
) -> jax.Array:
    """Fill the padded steps of x (n, steps, ...), or return x if lengths is None."""
    if lengths is None:
        return x
    return jnp.where(real_steps(x, lengths), x, jnp.asarray(fill, x.dtype))


def limited(steps: jax.Array, lengths: jax.Array, *, most: int) -> jax.Array:
    """Clip step counts to [0, `most`]. Rows without real steps get 0.

    Example:
        >>> limited(jnp.array([-1, 2, 9]), jnp.array([1, 0, 7]), most=5).tolist()
        [0, 0, 5]
    """
    return jnp.where(lengths > 0, jnp.clip(steps, 0, most), 0)
