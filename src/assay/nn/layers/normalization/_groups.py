"""Normalization of each example over its positions and groups of channels."""

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
)
from assay.nn._lengths import real_steps

__all__ = ["GroupNorm", "InstanceNorm"]


@builds(spec.GroupNorm)
class GroupNorm(Layer):
    """Standardizes groups of channels in each example, then scales and shifts them.

        y = scale (x - mean) / sqrt(variance + epsilon) + bias

    The mean and (biased) variance are computed over the positions and the adjacent
    channels of a group, in both training and inference. Padded steps of sequences are
    ignored. Scale and bias have the shape (channels,).

    Args:
        layer_spec: groups; epsilon > 0.
        context: build context; x and y have the same shape, (n, ..., channels).

    Raises:
        InputError: `groups` does not divide the number of channels.

    Example:
        >>> import jax.numpy as jnp
        >>> context = BuildContext((4,), np.random.default_rng(0))
        >>> layer = GroupNorm(spec.GroupNorm(groups=2), context)
        >>> x = jnp.array([[1.0, 3.0, 10.0, 30.0]])
        >>> layer(x, Context()).round(4).tolist()
        [[-1.0, 1.0, -1.0, 1.0]]
    """

    epsilon: Hyperparameter

    def __init__(
        self, layer_spec: spec.GroupNorm | spec.InstanceNorm, context: BuildContext
    ) -> None:
        super().__init__(layer_spec, context)
        channels = context.input_shape[-1]
        self.groups = _num_groups(layer_spec, context)
        self.scale = nnx.Param(np.ones(channels, np.float32))
        self.bias = nnx.Param(np.zeros(channels, np.float32))

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Standardize x, then scale and shift it."""
        lengths = context.lengths
        return ops.group_normalize(
            x,
            self.scale[...],
            self.bias[...],
            groups=self.groups,
            epsilon=self.epsilon[...],
            weights=None if lengths is None else real_steps(x, lengths).astype(x.dtype),
        )

    def describe(self) -> Description:
        """Return the formula."""
        channels = self.output_shape[-1]
        count = f"2*{channels} = {2 * channels}"
        products = math.prod(self.output_shape)
        return Description(spec.Layer.members[self.kind].formula, count, products)


@builds(spec.InstanceNorm)
class InstanceNorm(GroupNorm):
    """Standardizes each channel of each example over its positions.

        y = scale (x - mean) / sqrt(variance + epsilon) + bias

    This is a `GroupNorm` whose groups have one channel each.

    Args:
        layer_spec: epsilon > 0.
        context: build context; x and y have the same shape, (n, *space, channels).

    Raises:
        InputError: the input is flat.

    Example:
        >>> import jax.numpy as jnp
        >>> context = BuildContext((2, 1), np.random.default_rng(0))
        >>> layer = InstanceNorm(spec.InstanceNorm(), context)
        >>> layer(jnp.array([[[1.0], [3.0]]]), Context()).round(4).tolist()
        [[[-1.0], [1.0]]]
    """


def _num_groups(
    layer_spec: spec.GroupNorm | spec.InstanceNorm, context: BuildContext
) -> int:
    *space, channels = context.input_shape
    if isinstance(layer_spec, spec.InstanceNorm):
        if not space:
            shape = context.input_shape
            rule = "instance_norm.input_shape == (*space, channels)"
            fix = "Use LayerNorm() for inputs without positions."
            raise InputError(context.fault(rule, "input_shape", shape, fix))
        return channels
    groups = int(layer_spec.groups)  # type: ignore[arg-type]
    if channels % groups:
        divisors = [g for g in range(1, channels + 1) if channels % g == 0]
        fix = f"For {channels} channels, use {', '.join(map(str, divisors))}."
        raise InputError(context.fault("channels % groups == 0", "groups", groups, fix))
    return groups
