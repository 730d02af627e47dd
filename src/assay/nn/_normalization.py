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

    y = scale (x - mean) / sqrt(var + epsilon) + bias, over all axes but the last. In
    training mean and variance are the batch's (rows that only pad it do not count)
    and running = (1 - momentum) running + momentum batch, with the unbiased variance;
    outside of training they are the running ones.

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
        self.mean[...] += momentum * (mean - self.mean[...])
        self.variance[...] += momentum * (unbiased - self.variance[...])
        return mean, variance
