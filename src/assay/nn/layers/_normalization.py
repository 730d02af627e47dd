"""Batch and layer normalization."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import About, Layer, Site, builds
from assay.nn._lengths import real_steps

__all__ = ["BatchNorm", "LayerNorm"]


@builds(spec.BatchNorm)
class BatchNorm(Layer):
    """Standardizes each channel over the batch, then scales and shifts it.

    For deep nets, which it lets learn at higher rates; batches should have some 16
    rows or more. In training mean and variance are the batch's, over all axes but the
    last, and rows and steps that only pad it do not count; outside of it they are the
    running ones, as in a layer that is frozen. The running variance is the mean of
    unbiased ones.

        y = scale (x - mean) / sqrt(variance + epsilon) + bias
        running = (1 - momentum) running + momentum batch

    Args:
        asked: momentum in (0, 1], the weight of the new batch; epsilon > 0.
        site: x and y have one shape, (n, ..., channels).

    Example:
        >>> layer = BatchNorm(spec.BatchNorm(), Site((1,), np.random.default_rng(0)))
        >>> y = layer(jnp.array([[1.0], [3.0]]), Context(training=True))
        >>> [round(float(value), 4) for value in y[:, 0]]
        [-1.0, 1.0]
        >>> layer.mean[...].round(4).tolist()  # a tenth of the way from 0 to 2
        [0.2]

    References:
        Ioffe and Szegedy, 2015, "Batch normalization".
    """

    def __init__(self, asked: spec.BatchNorm, site: Site) -> None:
        channels = site.input_shape[-1]
        self.hold({"momentum": asked.momentum, "epsilon": asked.epsilon})  # type: ignore[dict-item]
        self.scale = nnx.Param(np.ones(channels, np.float32))
        self.bias = nnx.Param(np.zeros(channels, np.float32))
        self.mean = nnx.BatchStat(np.zeros(channels, np.float32))
        self.variance = nnx.BatchStat(np.ones(channels, np.float32))
        self.output_shape = site.input_shape

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x standardized, scaled and shifted."""
        if context.training and not context.held:
            mean, variance = self._batch_statistics(x, context)
        else:
            mean, variance = self.mean[...], self.variance[...]
        factor = self.scale[...] * jax.lax.rsqrt(variance + self.epsilon[...])  # type: ignore[attr-defined]
        mean, factor, bias = (
            ops.along_last_axis(vector, x) for vector in (mean, factor, self.bias[...])
        )
        return (x - mean) * factor + bias

    def _batch_statistics(
        self, x: jax.Array, context: Context
    ) -> tuple[jax.Array, jax.Array]:
        axes = tuple(range(x.ndim - 1))
        weights, count = _weights(x, context)
        mean = (weights * x).sum(axes) / count
        centered = x - ops.along_last_axis(mean, x)
        variance = (weights * jnp.square(centered)).sum(axes) / count
        unbiased = variance * count / jnp.maximum(count - 1, 1)
        momentum = self.momentum[...]  # type: ignore[attr-defined]
        old_mean, old_variance = self.mean[...], self.variance[...]
        self.mean.set_value(old_mean + momentum * (mean - old_mean))
        self.variance.set_value(old_variance + momentum * (unbiased - old_variance))
        return mean, variance

    def about(self) -> About:
        """Say its formula."""
        return _about(self, "y = scale (x - mean) / sqrt(variance + epsilon) + bias")


def _weights(x: jax.Array, context: Context) -> tuple[jax.Array, jax.Array]:
    """Return weights that broadcast to x, 0 for padding, and their sum a channel."""
    places = x.size // x.shape[-1]
    if context.mask is None and context.lengths is None:
        return jnp.ones((), x.dtype), jnp.float32(places)
    weights = jnp.ones((), x.dtype)
    if context.mask is not None:
        weights = context.mask.reshape(-1, *[1] * (x.ndim - 1))
    if context.lengths is not None:
        weights = weights * real_steps(x, context.lengths)
    count = weights.sum() * (places // (weights.size // weights.shape[-1]))
    return weights, jnp.maximum(count, 1.0)


@builds(spec.LayerNorm)
class LayerNorm(Layer):
    """Standardizes the channels of each example at each place, scales and shifts them.

    For recurrent nets and small batches: it needs no batch, and is the same in
    training and in use.

        y = scale (x - mean) / sqrt(variance + epsilon) + bias

    with mean and (biased) variance over the channels.

    Args:
        asked: epsilon > 0.
        site: x and y have one shape, (n, ..., channels).

    Example:
        >>> layer = LayerNorm(spec.LayerNorm(), Site((2,), np.random.default_rng(0)))
        >>> layer(jnp.array([[1.0, 3.0]]), Context()).round(4).tolist()
        [[-1.0, 1.0]]

    References:
        Ba, Kiros and Hinton, 2016, "Layer normalization".
    """

    def __init__(self, asked: spec.LayerNorm, site: Site) -> None:
        channels = site.input_shape[-1]
        self.hold({"epsilon": asked.epsilon})  # type: ignore[dict-item]
        self.scale = nnx.Param(np.ones(channels, np.float32))
        self.bias = nnx.Param(np.zeros(channels, np.float32))
        self.output_shape = site.input_shape

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x standardized, scaled and shifted."""
        epsilon = self.epsilon[...]  # type: ignore[attr-defined]
        scale, bias = self.scale[...], self.bias[...]
        return ops.layer_normalize(x, scale, bias, epsilon=epsilon)

    def about(self) -> About:
        """Say its formula."""
        return _about(self, "y = scale (x - mean) / sqrt(variance + epsilon) + bias")


def _about(layer: BatchNorm | LayerNorm, formula: str) -> About:
    channels = layer.output_shape[-1]
    count = f"2*{channels} = {2 * channels}"
    return About(formula, count, math.prod(layer.output_shape))
