"""Batch normalization of channels-last arrays."""

import math
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.typing import ArrayLike

from assay.nn.ops._broadcasting import along_last_axis

__all__ = ["batch_normalize", "normalize"]


def batch_normalize(
    x: jax.Array,
    scale: jax.Array,
    bias: jax.Array,
    *,
    weights: jax.Array | None = None,
    epsilon: ArrayLike = 1e-5,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Normalize each channel to mean 0 and variance 1 over a training batch.

        y = scale * (x - mean) / sqrt(variance + epsilon) + bias

    The mean and (biased) variance are computed over all axes except the last, with one
    weight per row or per step of a row. The function is differentiable to any order in
    reverse mode and in forward-over-reverse mode, but not by `jax.jvp` alone.

    Args:
        x: input, (n, *space, c).
        scale: (c,), learned; starts at 1.
        bias: (c,), learned; starts at 0.
        weights: shaped like the leading axes of x, such as (n,) for rows or (n, t) for
            steps; 1 for real rows or steps and 0 for padding; all 1 by default. If all
            weights are 0, so are the mean and variance.
        epsilon: small number that prevents division by 0 for a constant channel; it has
            no gradient.

    Returns:
        y, shaped like x; the batch mean, (c,); and the unbiased batch variance, (c,).
        The mean and variance are meant to update the running averages, as in PyTorch,
        and have no gradient.

    Example:
        >>> import jax.numpy as jnp
        >>> x = jnp.array([[1.0], [3.0], [100.0]])
        >>> y, mean, variance = batch_normalize(
        ...     x, jnp.ones(1), jnp.zeros(1), weights=jnp.array([1.0, 1.0, 0.0]))
        >>> mean.tolist(), variance.tolist()
        ([2.0], [2.0])

    References:
        Ioffe and Szegedy, "Batch normalization", 2015.
    """
    weight = jnp.ones((x.shape[0],)) if weights is None else weights
    weight = weight.astype(x.dtype)
    num_positions = math.prod(x.shape[weight.ndim : -1])
    total = weight.sum() * num_positions
    total = jnp.where(total > 0, total, 1)  # prevents NaN in `share`
    share = weight * (num_positions / total)
    # The decorator hides the function's type from type checkers.
    moments: Any = _batch_normalize(x, (scale, bias), (share, epsilon))
    y, mean, variance = moments
    unbiased = variance * (total / jnp.maximum(total - 1, 1))
    return y, lax.stop_gradient(mean), lax.stop_gradient(unbiased)


def normalize(
    x: jax.Array,
    scale: jax.Array,
    bias: jax.Array,
    *,
    mean: jax.Array,
    variance: jax.Array,
    epsilon: ArrayLike = 1e-5,
) -> jax.Array:
    """Normalize with running statistics, as batch normalization does during inference.

        y = scale * (x - mean) / sqrt(variance + epsilon) + bias

    Args:
        x: input, (n, *space, c).
        scale: (c,).
        bias: (c,).
        mean: running mean, (c,).
        variance: running variance, (c,).
        epsilon: small number; must be the same as in training.

    Returns:
        y, with the same shape as x.

    Example:
        >>> import jax.numpy as jnp
        >>> one = jnp.ones(1)
        >>> normalize(jnp.array([[3.0]]), one, one, mean=one, variance=4 * one,
        ...     epsilon=0.0).tolist()
        [[2.0]]
    """
    factor = scale * lax.rsqrt(variance + epsilon)
    offset = bias - mean * factor
    return x * along_last_axis(factor, x) + along_last_axis(offset, x)


# `share` contains the weight of each row in the mean, shaped like the leading axes of
# x. The weights, which add up to 1, are applied after the sum over space, because XLA
# computes weighted sums several times more slowly than plain ones.

_Affine = tuple[jax.Array, jax.Array]  # scale, bias
_Constants = tuple[jax.Array, ArrayLike]  # share, epsilon; no gradient
_Moments = tuple[jax.Array, jax.Array, jax.Array]  # y, mean, variance


@jax.custom_vjp
def _batch_normalize(x: jax.Array, affine: _Affine, constants: _Constants) -> _Moments:
    return _forward(x, affine, constants)[0]


def _mean(x: jax.Array, share: jax.Array) -> jax.Array:
    """Average over all axes except the last, weighted by `share`."""
    rows = x.mean(tuple(range(share.ndim, x.ndim - 1)))
    return share.reshape(-1) @ rows.reshape(-1, x.shape[-1])


def _forward(
    x: jax.Array, affine: _Affine, constants: _Constants
) -> tuple[_Moments, tuple[jax.Array, ...]]:
    (scale, bias), (share, epsilon) = affine, constants
    mean = _mean(x, share)
    centered = x - along_last_axis(mean, x)
    variance = _mean(jnp.square(centered), share)
    inverse = lax.rsqrt(variance + epsilon)
    y = centered * along_last_axis(inverse * scale, x) + along_last_axis(bias, x)
    return (y, mean, variance), (x, scale, share, mean, inverse)


def _backward(
    residuals: tuple[jax.Array, ...], cotangents: _Moments
) -> tuple[jax.Array, _Affine, None]:
    x, scale, share, mean, inverse = residuals
    g = cotangents[0]
    axes = tuple(range(x.ndim - 1))
    centered = x - along_last_axis(mean, x)
    to_bias = g.sum(axes)
    to_scale = (g * centered).sum(axes) * inverse
    num_positions = math.prod(x.shape[share.ndim : -1])
    part = (share / num_positions).reshape(*share.shape, *(1,) * (x.ndim - share.ndim))
    # scale * inverse * (g - part * (to_bias + (x - mean) * inverse * to_scale)),
    # reordered so that XLA needs only one pass. This halves the time.
    factor = scale * inverse
    slope = -factor * inverse * to_scale
    factor, slope, offset = (
        along_last_axis(v, x) for v in (factor, slope, factor * to_bias)
    )
    dx = factor * g + part * (slope * centered - offset)
    return dx, (to_scale, to_bias), None


_batch_normalize.defvjp(_forward, _backward)
