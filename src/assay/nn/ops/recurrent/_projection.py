"""The computations that a recurrent layer does before its first step."""

import jax
import jax.numpy as jnp

from assay.nn.ops._broadcasting import along_last_axis
from assay.nn.ops._convolution import convolve

__all__ = ["affine", "all_lengths", "project", "zero_state"]


def zero_state(x: jax.Array, recurrent_kernel: jax.Array) -> jax.Array:
    return jnp.zeros((x.shape[0], recurrent_kernel.shape[0]), x.dtype)


def all_lengths(x: jax.Array, lengths: jax.Array | None) -> jax.Array:
    n, steps = x.shape[:2]
    if lengths is None:
        return jnp.full((n,), steps, jnp.int32)
    return jnp.clip(lengths, 0, steps).astype(jnp.int32)


def affine(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    y = x @ kernel
    return y + along_last_axis(bias, y)


def project(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    """Return the input's contribution to all gates at all steps, (n, t, gates).

    The bias is implemented as the weight of a constant input of 1, because adding it in
    a separate pass would take as long as the product.
    """
    ones = jnp.ones((*x.shape[:2], 1), x.dtype)
    return convolve(
        jnp.concatenate([x, ones], axis=-1),
        jnp.concatenate([kernel, bias[None]])[None],
    )
