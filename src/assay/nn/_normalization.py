"""Batch normalization."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay.nn._context import Context
from assay.nn._layer import Layer, Site, builds

__all__ = ["BatchNorm"]


@builds(spec.BatchNorm)
class BatchNorm(Layer):
    """Standardizes each channel over the batch, then scales and shifts it.

    For deep nets, which it lets learn at higher rates; batches should have some 16
    rows or more. In training mean and variance are the batch's, over all axes but the
    last, and rows that only pad it do not count; outside of it they are the running
    ones. The running variance is the mean of unbiased ones.

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
        if context.training:
            mean, variance = self._batch_statistics(x, context)
        else:
            mean, variance = self.mean[...], self.variance[...]
        factor = self.scale[...] * jax.lax.rsqrt(variance + self.epsilon[...])  # type: ignore[attr-defined]
        return (x - mean) * factor + self.bias[...]

    def _batch_statistics(
        self, x: jax.Array, context: Context
    ) -> tuple[jax.Array, jax.Array]:
        axes = tuple(range(x.ndim - 1))
        if context.mask is None:
            count = jnp.float32(x.size // x.shape[-1])
            weights = jnp.ones((), x.dtype)
        else:
            count = context.mask.sum() * (x.size // x.shape[-1] // x.shape[0])
            weights = context.mask.reshape(-1, *[1] * (x.ndim - 1))
        mean = (weights * x).sum(axes) / count
        variance = (weights * jnp.square(x - mean)).sum(axes) / count
        unbiased = variance * count / jnp.maximum(count - 1, 1)
        momentum = self.momentum[...]  # type: ignore[attr-defined]
        old_mean, old_variance = self.mean[...], self.variance[...]
        self.mean.set_value(old_mean + momentum * (mean - old_mean))
        self.variance.set_value(old_variance + momentum * (unbiased - old_variance))
        return mean, variance
