"""Random masks cheap enough for the compiled loop.

A mask needs one random bit decision a number, at every iteration. JAX's generator costs
as much as the dense layer it follows; here each position is hashed with the key by an
invertible mixer of 32 bits, which fuses with what uses the mask.

References:
    Wellons, 2018, "Prospecting for hash functions" (the constants).
    Salmon et al., 2011, "Parallel random numbers: as easy as 1, 2, 3" (hashing a
    counter instead of keeping a state).
"""

import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp

__all__ = ["keep_mask", "uniform"]


def _mix(x: jax.Array) -> jax.Array:
    for shift, factor in ((16, 0x21F0AAAD), (15, 0xD35A2D97)):
        x = (x ^ (x >> shift)) * jnp.uint32(factor)
    return x ^ (x >> 15)


def _hash(key: jax.Array, shape: Sequence[int]) -> jax.Array:
    """Return 32 random bits at every position, from a JAX key."""
    words = jax.random.key_data(key).reshape(-1)
    position = jax.lax.iota(jnp.uint32, math.prod(shape)).reshape(shape)
    return _mix(_mix(position ^ words[0]) + words[1])


def uniform(key: jax.Array, shape: Sequence[int]) -> jax.Array:
    """Return numbers uniform on [0, 1), in steps of 2^-24.

    Example:
        >>> float(uniform(jax.random.key(0), (1000,)).mean().round(1))
        0.5
    """
    return (_hash(key, shape) >> 8).astype(jnp.float32) * jnp.float32(2**-24)


def keep_mask(
    key: jax.Array, shape: Sequence[int], probability: jax.Array
) -> jax.Array:
    """Return True with the given probability at each position, independently.

    Args:
        key: JAX random key.
        shape: of the mask.
        probability: of True, in [0, 1], scalar.

    Example:
        >>> keep_mask(jax.random.key(0), (2, 3), 1.0).all().item()
        True
    """
    return uniform(key, shape) < probability
