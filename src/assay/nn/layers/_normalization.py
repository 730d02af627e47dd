"""Batch and layer normalization."""

import math

import jax
import jax.numpy as jnp
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

__all__ = ["BatchNorm", "LayerNorm"]


@builds(spec.BatchNorm)
class BatchNorm(Layer):
    """Standardizes each channel over the batch, then scales and shifts it.

        y = scale (x - mean) / sqrt(variance + epsilon) + bias
        running = (1 - momentum) running + momentum batch

    In training, mean and variance are those of the batch, over all axes but the last;
    rows and steps that only pad it do not count. Outside of training, and in a frozen
    layer, they are the running ones. The running variance averages unbiased variances.

    Args:
        layer_spec: momentum in (0, 1], the weight of the new batch; epsilon > 0.
        context: x and y have the same shape, (n, ..., channels).

    Example:
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
        """Return x standardized, scaled and shifted."""
        if context.training and not context.frozen:
            mean, variance = self._batch_statistics(x, context)
        else:
            mean, variance = self.mean[...], self.variance[...]
        factor = self.scale[...] * jax.lax.rsqrt(variance + self.epsilon[...])
        return (x - mean) * factor + self.bias[...]

    def _batch_statistics(
        self, x: jax.Array, context: Context
    ) -> tuple[jax.Array, jax.Array]:
        """Return mean and variance of the batch, and update the running ones."""
        axes = tuple(range(x.ndim - 1))
        weights, count = _weights(x, context)
        mean = (weights * x).sum(axes) / count
        variance = (weights * jnp.square(x - mean)).sum(axes) / count
        unbiased = variance * count / jnp.maximum(count - 1, 1)
        momentum = self.momentum[...]
        old_mean, old_variance = self.mean[...], self.variance[...]
        self.mean.set_value(old_mean + momentum * (mean - old_mean))
        self.variance.set_value(old_variance + momentum * (unbiased - old_variance))
        return mean, variance

    def describe(self) -> Description:
        """Return its formula."""
        return _describe(self, spec.BatchNorm.formula)


def _weights(x: jax.Array, context: Context) -> tuple[jax.Array, jax.Array]:
    """Return weights that broadcast to x, 0 for padding, and their sum per channel."""
    places = x.size // x.shape[-1]
    if context.mask is None and context.lengths is None:
        return jnp.ones((), x.dtype), jnp.float32(places)
    weights = jnp.ones((), x.dtype)
    if context.mask is not None:
        weights = context.mask.reshape(-1, *[1] * (x.ndim - 1))
    if context.lengths is not None:
        weights = weights * real_steps(x, context.lengths)
    # One weight stands for every place that it is broadcast to.
    count = weights.sum() * (places // (weights.size // weights.shape[-1]))
    return weights, jnp.maximum(count, 1.0)  # a batch of padding alone counts as one


@builds(spec.LayerNorm)
class LayerNorm(Layer):
    """Standardizes the channels of each example at each place, scales and shifts them.

        y = scale (x - mean) / sqrt(variance + epsilon) + bias

    with mean and (biased) variance over the channels, in training and outside of it.

    Args:
        layer_spec: epsilon > 0.
        context: x and y have the same shape, (n, ..., channels).

    Example:
        >>> context = BuildContext((2,), np.random.default_rng(0))
        >>> layer = LayerNorm(spec.LayerNorm(), context)
        >>> layer(jnp.array([[1.0, 3.0]]), Context()).round(4).tolist()
        [[-1.0, 1.0]]
    """

    epsilon: Hyperparameter

    def __init__(self, layer_spec: spec.LayerNorm, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        channels = context.input_shape[-1]
        self.scale = nnx.Param(np.ones(channels, np.float32))
        self.bias = nnx.Param(np.zeros(channels, np.float32))

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x standardized, scaled and shifted."""
        scale, bias, epsilon = self.scale[...], self.bias[...], self.epsilon[...]
        return ops.layer_normalize(x, scale, bias, epsilon=epsilon)  # type: ignore[arg-type]

    def describe(self) -> Description:
        """Return its formula."""
        return _describe(self, spec.LayerNorm.formula)


def _describe(layer: BatchNorm | LayerNorm, formula: str) -> Description:
    channels = layer.output_shape[-1]
    count = f"2*{channels} = {2 * channels}"
    return Description(formula, count, math.prod(layer.output_shape))
