"""Batch, layer, RMS and group normalization of channels-last arrays."""

import math
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from jax.typing import ArrayLike

from assay.nn.ops._broadcasting import along_last_axis

__all__ = [
    "batch_normalize",
    "group_normalize",
    "layer_normalize",
    "normalize",
    "rms_normalize",
]


def batch_normalize(
    x: jax.Array,
    scale: jax.Array,
    bias: jax.Array,
    *,
    weights: jax.Array | None = None,
    epsilon: ArrayLike = 1e-5,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Normalize each channel to mean 0 and variance 1 over the batch, for training.

        y = scale * (x - mean) / sqrt(variance + epsilon) + bias

    The mean and (biased) variance are computed over all axes except the last, with one
    weight per row or per step of a row. The function is differentiable to any order in
    reverse mode and in forward over reverse mode, but not by `jax.jvp` alone.

    Args:
        x: input, (n, *space, c).
        scale: (c,), learned; starts at 1.
        bias: (c,), learned; starts at 0.
        weights: shaped like the first axes of x, such as (n,) for rows or (n, t) for
            steps; 1 for real rows or steps and 0 for padding. All 1 by default. If all
            weights are 0, so are the mean and variance.
        epsilon: small number that prevents division by 0 for a constant channel; it has
            no gradient.

    Returns:
        y, shaped like x; the batch mean, (c,); and the unbiased batch variance, (c,).
        The mean and variance are for the running averages, as in PyTorch, and have no
        gradient.

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
    places = math.prod(x.shape[weight.ndim : -1])
    total = weight.sum() * places
    total = jnp.where(total > 0, total, 1)  # prevents NaN in `share`
    share = weight * (places / total)
    # The decorator hides the type of the function.
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
    """Normalize with running statistics, as batch normalization does in inference.

        y = scale * (x - mean) / sqrt(variance + epsilon) + bias

    Args:
        x: input, (n, *space, c).
        scale: (c,).
        bias: (c,).
        mean: running mean, (c,).
        variance: running variance, (c,).
        epsilon: same small number as in training.

    Returns:
        y, shaped like x.

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


def layer_normalize(
    x: jax.Array,
    scale: jax.Array,
    bias: jax.Array,
    *,
    num_axes: int = 1,
    epsilon: ArrayLike = 1e-5,
    weights: jax.Array | None = None,
) -> jax.Array:
    """Normalize each example to mean 0 and variance 1 over its last axes.

    The result does not depend on the rest of the batch and is the same in training and
    inference. Use it for recurrent networks and small batches.

        y = scale * (x - mean) / sqrt(variance + epsilon) + bias

    Args:
        x: input, (n, ..., *features).
        scale: shaped like the last `num_axes` axes of x.
        bias: shaped like `scale`.
        num_axes: number of trailing axes to average over.
        epsilon: small number that prevents division by 0 for a constant example.
        weights: 1 for values that count in the mean and variance and 0 for padding,
            (n, t, 1, ...) with the rank of x; all 1 by default.

    Returns:
        y, shaped like x.

    Example:
        >>> import jax.numpy as jnp
        >>> y = layer_normalize(jnp.array([[1.0, 3.0]]), jnp.ones(2), jnp.zeros(2),
        ...     epsilon=0.0)
        >>> y.tolist()
        [[-1.0, 1.0]]

    References:
        Ba, Kiros and Hinton, "Layer normalization", 2016.
    """
    axes = tuple(range(x.ndim - num_axes, x.ndim))
    centered = x - _mean_over(x, axes, weights)
    variance = _mean_over(jnp.square(centered), axes, weights)
    scale, bias = along_last_axis(scale, x), along_last_axis(bias, x)
    return centered * lax.rsqrt(variance + epsilon) * scale + bias


def rms_normalize(
    x: jax.Array,
    scale: jax.Array,
    *,
    num_axes: int = 1,
    epsilon: ArrayLike = 1e-6,
    weights: jax.Array | None = None,
) -> jax.Array:
    """Divide each example by its root mean square over its last axes.

        y = scale * x / sqrt(mean(x**2) + epsilon)

    Args:
        x: input, (n, ..., *features).
        scale: shaped like the last `num_axes` axes of x.
        num_axes: number of trailing axes to average over.
        epsilon: small number that prevents division by 0 for an example of zeros.
        weights: as in `layer_normalize`.

    Returns:
        y, shaped like x.

    Example:
        >>> import jax.numpy as jnp
        >>> rms_normalize(jnp.array([[1.0, 7.0]]), jnp.full(2, 5.0)).round(3).tolist()
        [[1.0, 7.0]]

    References:
        Zhang and Sennrich, "Root mean square layer normalization", 2019.
    """
    axes = tuple(range(x.ndim - num_axes, x.ndim))
    square = _mean_over(jnp.square(x), axes, weights)
    return x * lax.rsqrt(square + epsilon) * along_last_axis(scale, x)


def group_normalize(
    x: jax.Array,
    scale: jax.Array,
    bias: jax.Array,
    *,
    groups: int,
    epsilon: ArrayLike = 1e-5,
    weights: jax.Array | None = None,
) -> jax.Array:
    """Normalize groups of channels of each example to mean 0 and variance 1.

    The mean and (biased) variance are computed over all positions and the channels of a
    group, which are neighbors. With one group per channel, this is instance
    normalization.

        y = scale * (x - mean) / sqrt(variance + epsilon) + bias

    Args:
        x: input, (n, *space, c).
        scale: (c,).
        bias: (c,).
        groups: number of groups, which divides c.
        epsilon: small number that prevents division by 0 for a constant group.
        weights: as in `layer_normalize`.

    Returns:
        y, shaped like x.

    Example:
        >>> import jax.numpy as jnp
        >>> x = jnp.array([[1.0, 3.0, 10.0, 30.0]])
        >>> y = group_normalize(x, jnp.ones(4), jnp.zeros(4), groups=2, epsilon=0.0)
        >>> y.tolist()
        [[-1.0, 1.0, -1.0, 1.0]]

    References:
        Wu and He, "Group normalization", 2018; Ulyanov, Vedaldi and Lempitsky,
        "Instance normalization", 2016.
    """
    parts = x.reshape(*x.shape[:-1], groups, -1)
    axes = (*range(1, x.ndim - 1), x.ndim)
    if weights is not None:
        weights = weights[..., None]
    centered = parts - _mean_over(parts, axes, weights)
    variance = _mean_over(jnp.square(centered), axes, weights)
    y = (centered * lax.rsqrt(variance + epsilon)).reshape(x.shape)
    return y * along_last_axis(scale, x) + along_last_axis(bias, x)


def _mean_over(
    x: jax.Array, axes: tuple[int, ...], weights: jax.Array | None
) -> jax.Array:
    """Return the mean over axes, which are kept with size 1; 0 if no value is real.

    Args:
        x: any shape.
        axes: the axes to average over.
        weights: 1 for real values and 0 for padding, in a shape that broadcasts to x.
    """
    if weights is None:
        return x.mean(axes, keepdims=True)
    weights = jnp.broadcast_to(weights, x.shape)
    total = weights.sum(axes, keepdims=True)
    # A product would keep infinities and nan in padded steps.
    real = jnp.where(weights > 0, x, 0)
    return real.sum(axes, keepdims=True) / jnp.maximum(total, 1)


# `share` contains the weight of each row in the mean, shaped like the first axes of x.
# The weights are applied after the sum over space, because XLA computes a weighted sum
# several times more slowly. They add up to 1.

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
    places = math.prod(x.shape[share.ndim : -1])
    part = (share / places).reshape(*share.shape, *(1,) * (x.ndim - share.ndim))
    # scale * inverse * (g - part * (to_bias + (x - mean) * inverse * to_scale)),
    # reordered so that XLA needs only one pass. The plain order takes twice as long.
    factor = scale * inverse
    slope = -factor * inverse * to_scale
    factor, slope, offset = (
        along_last_axis(v, x) for v in (factor, slope, factor * to_bias)
    )
    dx = factor * g + part * (slope * centered - offset)
    return dx, (to_scale, to_bias), None


_batch_normalize.defvjp(_forward, _backward)
