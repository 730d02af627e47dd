"""Batch normalization."""

import math

import jax
import numpy as np
from flax import nnx

from assay import spec
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import (
    BuildContext,
    Description,
    Hyperparameter,
    Layer,
    builds,
)
from assay.nn._lengths import real_steps

__all__ = ["BatchNorm"]


@builds(spec.BatchNorm)
class BatchNorm(Layer):
    """Standardizes each channel over the batch, then scales and shifts it.

        y = scale (x - mean) / sqrt(variance + epsilon) + bias
        running = (1 - momentum) running + momentum batch

    In training, the mean and variance are computed over all axes of the batch except
    the last, excluding padded rows and steps. The running statistics are used
    during inference and in frozen layers. The running variance is a running average of
    the unbiased batch variances.

    Args:
        layer_spec: momentum in (0, 1], the weight of the new batch; epsilon > 0.
        context: build context; x and y have the same shape, (n, ..., channels).

    Example:
        >>> import jax.numpy as jnp
        >>> context = BuildContext((1,), np.random.default_rng(0))
        >>> layer = BatchNorm(spec.BatchNorm(), context)
        >>> y = layer(jnp.array([[1.0], [3.0]]), Context(training=True))
        >>> [round(float(value), 4) for value in y[:, 0]]
        [-1.0, 1.0]
        >>> layer.mean[...].round(4).tolist()  # a tenth of the way from 0 to 2
        [0.2]
    """

    momentum: Hyperparameter
    epsilon: Hyperparameter

    def __init__(self, layer_spec: spec.BatchNorm, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        channels = context.input_shape[-1]
        self.scale = nnx.Param(np.ones(channels, np.float32))
        self.bias = nnx.Param(np.zeros(channels, np.float32))
        self.mean = nnx.BatchStat(np.zeros(channels, np.float32))
        self.variance = nnx.BatchStat(np.ones(channels, np.float32))

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Standardize x, then scale and shift it."""
        scale, bias, epsilon = self.scale[...], self.bias[...], self.epsilon[...]
        if not context.training or context.frozen:
            mean, variance = self.mean[...], self.variance[...]
            statistics = {"mean": mean, "variance": variance}
            return ops.normalize(x, scale, bias, **statistics, epsilon=epsilon)
        weights = _weights(x, context)
        y, mean, variance = ops.batch_normalize(
            x, scale, bias, weights=weights, epsilon=epsilon
        )
        momentum = self.momentum[...]
        old_mean, old_variance = self.mean[...], self.variance[...]
        self.mean.set_value(old_mean + momentum * (mean - old_mean))
        self.variance.set_value(old_variance + momentum * (variance - old_variance))
        return y

    def describe(self) -> Description:
        """Return the formula."""
        channels = self.output_shape[-1]
        count = f"2*{channels} = {2 * channels}"
        products = math.prod(self.output_shape)
        return Description(spec.BatchNorm.formula, count, products)


def _weights(x: jax.Array, context: Context) -> jax.Array | None:
    """Return weights (n,) or (n, steps), or None if nothing is padded."""
    if context.lengths is None:
        return context.mask
    real = real_steps(x, context.lengths).reshape(x.shape[:2]).astype(x.dtype)
    return real if context.mask is None else real * context.mask[:, None]
