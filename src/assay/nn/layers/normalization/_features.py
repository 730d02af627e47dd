"""Normalization over the features of each example, and learned scales."""

import math

import jax
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import InputError
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import (
    BuildContext,
    Description,
    Hyperparameter,
    Layer,
    builds,
    shape_text,
)
from assay.nn._lengths import real_steps

__all__ = ["LayerNorm", "LearnedScale", "RMSNorm"]


class _OverFeatures(Layer):
    """Base class for layers that average over the last axes of each example."""

    epsilon: Hyperparameter

    def __init__(
        self, layer_spec: spec.LayerNorm | spec.RMSNorm, context: BuildContext
    ) -> None:
        super().__init__(layer_spec, context)
        self.num_axes = int(layer_spec.num_axes)  # type: ignore[arg-type]
        shape = context.input_shape
        if self.num_axes > len(shape):
            fix = f"The input is {shape_text(shape)}. Write num_axes = {len(shape)}."
            rule = "num_axes <= len(input_shape)"
            raise InputError(context.fault(rule, "num_axes", self.num_axes, fix))
        self.scale = nnx.Param(np.ones(shape[-self.num_axes :], np.float32))

    def _weights(self, x: jax.Array, context: Context) -> jax.Array | None:
        """Return weights that exclude padded steps, or None if none need excluding."""
        over_steps = self.num_axes == len(self.input_shape)
        if context.lengths is None or not over_steps:
            return None
        return real_steps(x, context.lengths).astype(x.dtype)

    def describe(self) -> Description:
        """Return the formula and the calculation of the parameter count."""
        sizes = "*".join(map(str, self.scale[...].shape))
        arrays = self.num_parameters // self.scale[...].size  # 1 or, with a bias, 2
        factor = f"{arrays}*" if arrays > 1 else ""
        count = f"{factor}{sizes} = {self.num_parameters}"
        formula = spec.Layer.members[self.kind].formula
        return Description(formula, count, math.prod(self.output_shape))


@builds(spec.LayerNorm)
class LayerNorm(_OverFeatures):
    """Standardizes the last axes of each example, then scales and shifts them.

        y = scale (x - mean) / sqrt(variance + epsilon) + bias

    By default, the mean and (biased) variance are computed over the channels, in both
    training and inference. With `num_axes`, they are computed over several axes, and
    scale and bias have the shape of these axes. Padded steps of sequences are ignored.

    Args:
        layer_spec: epsilon > 0; num_axes, the number of trailing axes.
        context: build context; x and y have the same shape, (n, ..., channels).

    Raises:
        InputError: the input has fewer than `num_axes` axes.

    Example:
        >>> import jax.numpy as jnp
        >>> context = BuildContext((2,), np.random.default_rng(0))
        >>> layer = LayerNorm(spec.LayerNorm(), context)
        >>> layer(jnp.array([[1.0, 3.0]]), Context()).round(4).tolist()
        [[-1.0, 1.0]]
    """

    def __init__(self, layer_spec: spec.LayerNorm, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        self.bias = nnx.Param(np.zeros(self.scale[...].shape, np.float32))

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Standardize x, then scale and shift it."""
        return ops.layer_normalize(
            x,
            self.scale[...],
            self.bias[...],
            num_axes=self.num_axes,
            epsilon=self.epsilon[...],
            weights=self._weights(x, context),
        )


@builds(spec.RMSNorm)
class RMSNorm(_OverFeatures):
    """Divides the last axes of each example by their root mean square.

        y = scale x / sqrt(mean(x²) + epsilon)

    Args:
        layer_spec: epsilon > 0; num_axes, the number of trailing axes.
        context: build context; x and y have the same shape, (n, ..., channels).

    Raises:
        InputError: the input has fewer than `num_axes` axes.

    Example:
        >>> import jax.numpy as jnp
        >>> context = BuildContext((2,), np.random.default_rng(0))
        >>> layer = RMSNorm(spec.RMSNorm(), context)
        >>> layer(jnp.array([[1.0, 7.0]]), Context()).round(4).tolist()
        [[0.2, 1.4]]
    """

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Divide x by its root mean square, then scale it."""
        return ops.rms_normalize(
            x,
            self.scale[...],
            num_axes=self.num_axes,
            epsilon=self.epsilon[...],
            weights=self._weights(x, context),
        )


@builds(spec.LearnedScale)
class LearnedScale(Layer):
    """Multiplies each channel by a learned factor: y = scale x.

    Args:
        layer_spec: the spec of the layer; it has no fields.
        context: build context; x and y have the same shape, (n, ..., channels).

    Example:
        >>> import jax.numpy as jnp
        >>> context = BuildContext((2,), np.random.default_rng(0))
        >>> layer = LearnedScale(spec.LearnedScale(), context)
        >>> layer(jnp.array([[1.0, -3.0]]), Context()).tolist()
        [[1.0, -3.0]]
    """

    def __init__(self, layer_spec: spec.LearnedScale, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        self.scale = nnx.Param(np.ones(context.input_shape[-1], np.float32))

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Multiply each channel by its factor."""
        return ops.along_last_axis(self.scale[...], x) * x

    def describe(self) -> Description:
        """Return the formula and the number of factors."""
        products = math.prod(self.output_shape)
        formula = spec.LearnedScale.formula
        return Description(formula, str(self.num_parameters), products)
