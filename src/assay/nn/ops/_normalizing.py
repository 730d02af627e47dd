"""Layer, RMS and group normalization of channels-last arrays."""

import jax
import jax.numpy as jnp
from jax import lax
from jax.typing import ArrayLike

from assay.nn.ops._broadcasting import along_last_axis

__all__ = ["group_normalize", "layer_normalize", "rms_normalize"]


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
        weights: 1 for values included in the mean and variance, and 0 for padding,
            (n, t, 1, ...) with the same rank as x; all 1 by default.

    Returns:
        y, with the same shape as x.

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
        y, with the same shape as x.

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
    """Normalize groups of channels in each example to mean 0 and variance 1.

    The mean and (biased) variance are computed over all positions and over the adjacent
    channels of a group. With one group per channel, this is instance normalization.

        y = scale * (x - mean) / sqrt(variance + epsilon) + bias

    Args:
        x: input, (n, *space, c).
        scale: (c,).
        bias: (c,).
        groups: number of groups; must divide c.
        epsilon: small number that prevents division by 0 for a constant group.
        weights: as in `layer_normalize`.

    Returns:
        y, with the same shape as x.

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
    """Return the mean over axes, keeping their dimensions, or 0 if no value is real.

    Args:
        x: array of any shape.
        axes: the axes to average over.
        weights: 1 for real values and 0 for padding, in a shape that broadcasts to x.
    """
    if weights is None:
        return x.mean(axes, keepdims=True)
    weights = jnp.broadcast_to(weights, x.shape)
    total = weights.sum(axes, keepdims=True)
    # Multiplying by the weights would let infinities and NaN in padded steps affect the
    # sum.
    real = jnp.where(weights > 0, x, 0)
    return real.sum(axes, keepdims=True) / jnp.maximum(total, 1)
