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
from typing import Any

import jax
import jax.numpy as jnp

from assay.extension import MIX_LAST_SHIFT, MIX_ROUNDS

__all__ = ["Draws", "fold", "iteration_key", "keep_mask", "kept_at", "uniform"]

_GOLDEN = 0x9E3779B9  # the golden ratio's digits


def iteration_key(words: Any, iteration: Any) -> jax.Array:
    """Return the key of an iteration's random numbers.

    Args:
        words: the key of the training's state, (2,) whole numbers.
        iteration: counted from 0.

    Example:
        >>> iteration_key(jnp.array([0, 1], jnp.uint32), 5).shape
        ()
    """
    key = jax.random.wrap_key_data(jnp.asarray(words), impl="threefry2x32")
    return fold(key, iteration)


def fold(key: jax.Array, number: Any) -> jax.Array:
    """Return the key of one of many numbered uses of a key.

    As `jax.random.fold_in`, which takes a block of Threefry.

    Example:
        >>> first, second = fold(jax.random.key(0), 1), fold(jax.random.key(0), 2)
        >>> bool(first == second)
        False
    """
    words = _words(key)
    apart = jnp.array([_GOLDEN, 0], jnp.uint32)  # else equal words would stay equal
    mixed = _mix(_mix(words ^ jnp.uint32(number)) + words[::-1] + apart)
    return jax.random.wrap_key_data(mixed, impl="threefry2x32")


def _mix(x: jax.Array) -> jax.Array:
    for shift, factor in MIX_ROUNDS:
        x = (x ^ (x >> shift)) * jnp.uint32(factor)
    return x ^ (x >> MIX_LAST_SHIFT)


def _words(key: jax.Array) -> jax.Array:
    return jax.random.key_data(key).reshape(-1)


def _hash(words: jax.Array, shape: Sequence[int], first: Any = 0) -> jax.Array:
    """Return 32 random bits at every position, counted from a first one on."""
    position = jax.lax.iota(jnp.uint32, math.prod(shape)).reshape(shape)
    position += jnp.uint32(first)
    return _mix(_mix(position ^ words[0]) + words[1])


def _fraction(bits: jax.Array) -> jax.Array:
    return (bits >> 8).astype(jnp.float32) * jnp.float32(2**-24)


def uniform(key: jax.Array, shape: Sequence[int]) -> jax.Array:
    """Return numbers uniform on [0, 1), in steps of 2^-24.

    Example:
        >>> float(uniform(jax.random.key(0), (1000,)).mean().round(1))
        0.5
    """
    return _fraction(_hash(_words(key), shape))


def keep_mask(
    key: jax.Array,
    shape: Sequence[int],
    probability: jax.Array,
    *,
    first_row: jax.Array | int = 0,
) -> jax.Array:
    """Return True with the given probability at each position, independently.

    Args:
        key: JAX random key.
        shape: of the mask.
        probability: of True, in [0, 1], scalar.
        first_row: where the rows stand in a larger mask of which these are a part.

    Example:
        >>> keep_mask(jax.random.key(0), (2, 3), 1.0).all().item()
        True
    """
    first = jnp.uint32(first_row) * jnp.uint32(math.prod(shape[1:]))
    return kept_at(_words(key), shape, probability, first=first)


def kept_at(
    words: jax.Array, shape: Sequence[int], probability: jax.Array, *, first: Any
) -> jax.Array:
    """As `keep_mask`, from the words of a key (2,) and the first number's position."""
    return _fraction(_hash(words, shape, first)) < probability


class Draws:
    """A stream of random numbers for one iteration; each call gives new ones.

    Args:
        key: JAX random key.

    Example:
        >>> draws = Draws(jax.random.key(0))
        >>> first, second = draws.uniform((3,)), draws.uniform((3,))
        >>> bool((first != second).all())
        True
    """

    def __init__(self, key: jax.Array) -> None:
        self._words = _words(key)
        self._num_calls = 0

    def uniform(self, shape: Sequence[int]) -> jax.Array:
        """Return numbers uniform on [0, 1), in steps of 2^-24."""
        return _fraction(self._bits(shape))

    def noise(self, shape: Sequence[int]) -> jax.Array:
        """Return nearly normal numbers of mean 0 and variance 1.

        The sum of four uniform bytes, which costs a tenth of a normal number: its
        kurtosis is 2.7 in place of 3, and no number is beyond 3.5.
        """
        bits = self._bits(shape)
        total = sum(((bits >> 8 * i) & 0xFF).astype(jnp.int32) for i in range(4))
        variance = 4 * (256**2 - 1) / 12
        return (total - 510).astype(jnp.float32) * jnp.float32(variance**-0.5)  # type: ignore[union-attr]

    def _bits(self, shape: Sequence[int]) -> jax.Array:
        self._num_calls += 1
        salt = jnp.uint32((_GOLDEN * self._num_calls) % 2**32)
        return _hash(_mix(self._words ^ salt), shape)
