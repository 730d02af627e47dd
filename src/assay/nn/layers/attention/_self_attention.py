"""Multi-head self-attention."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import InputError
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._initializers import initialize
from assay.nn._layer import BuildContext, Description, Layer, builds
from assay.nn._lengths import fill_padding

__all__ = ["SelfAttention"]

# The score of a masked step. It is finite to avoid nan if all steps are masked, as in a
# row without steps.
_UNREAD = float(np.finfo(np.float32).min)


@builds(spec.SelfAttention)
class SelfAttention(Layer):
    """Multi-head self-attention, in which each step of a sequence attends to all steps.

        q_h, k_h, v_h = split(x V + c)
        a_h = softmax(q_h k_hᵀ / sqrt(d))
        y = [a_1 v_1, ..., a_H v_H] W + b

    With C channels, H heads and d units per head, V (C, 3 H d) is named "kernel" and
    contains the queries of all heads, then the keys, then the values; W (H d, C) is
    named "output_kernel". The biases c (3 H d,) and b (C,) are named "bias" and
    "output_bias". Kernels use Glorot uniform initialization, separately for queries,
    keys and values. The softmax is computed in float32.

    Padded steps of sequences are masked, and their outputs are zeros.

    Args:
        layer_spec: heads, head_units d (default C / H), causal and bias.
        context: build context; x and y are (n, steps, channels).

    Raises:
        InputError: the input is not a sequence, or `head_units` is None and `heads`
            does not divide the number of channels.

    Example:
        >>> context = BuildContext((5, 6), np.random.default_rng(0))
        >>> layer = SelfAttention(spec.SelfAttention(heads=2), context)
        >>> layer(jnp.ones((3, 5, 6)), Context()).shape
        (3, 5, 6)
        >>> layer.num_parameters
        168
    """

    weighted = True

    def __init__(self, layer_spec: spec.SelfAttention, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        _check(layer_spec, context)
        channels = context.input_shape[-1]
        self.heads = int(layer_spec.heads)  # type: ignore[arg-type]
        units: Any = layer_spec.head_units
        self.units = channels // self.heads if units is None else int(units)
        self.causal = layer_spec.causal
        width = self.heads * self.units

        def glorot(*shape: int) -> np.ndarray:
            return initialize("glorot", context.rng, shape)

        inner = [glorot(channels, width) for _ in range(3)]
        self.kernel = nnx.Param(np.concatenate(inner, axis=1))
        self.output_kernel = nnx.Param(glorot(width, channels))
        has_bias = layer_spec.bias
        zeros = np.zeros(3 * width, np.float32), np.zeros(channels, np.float32)
        self.bias = nnx.Param(zeros[0]) if has_bias else None
        self.output_bias = nnx.Param(zeros[1]) if has_bias else None

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return y, (n, steps, channels)."""
        x = fill_padding(x, context.lengths)  # nan in padding must not spread
        n, steps, _ = x.shape
        projected = _affine(x, self.kernel, self.bias, context)
        by_head = projected.reshape(n, steps, 3, self.heads, self.units)
        query, key, value = (by_head[:, :, place] for place in range(3))
        share = self.shares(query, key, lengths=context.lengths)
        read = jnp.einsum("nhts,nshd->nthd", share, value)
        y = _affine(
            read.reshape(n, steps, -1), self.output_kernel, self.output_bias, context
        )
        return fill_padding(y, context.lengths)

    def shares(
        self, query: jax.Array, key: jax.Array, *, lengths: jax.Array | None
    ) -> jax.Array:
        """Return the attention weights, (n, heads, query steps, key steps).

        Args:
            query: (n, steps, heads, units).
            key: (n, steps, heads, units).
            lengths: number of real steps in each row, (n,); None if all are real.
        """
        scores = jnp.einsum("nthd,nshd->nhts", query, key) / math.sqrt(self.units)
        step = jnp.arange(query.shape[1])
        if self.causal:
            earlier = (step[None] <= step[:, None])[None, None]
            scores = jnp.where(earlier, scores, _UNREAD)
        if lengths is not None:
            real = (step[None] < lengths[:, None])[:, None, None]
            scores = jnp.where(real, scores, _UNREAD)
        return jax.nn.softmax(scores)

    def describe(self) -> Description:
        """Return the formula and the calculation of the parameter count."""
        steps, channels = self.input_shape
        width = self.heads * self.units
        count = f"{channels}*3*{width} + {width}*{channels}"
        count += "" if self.bias is None else f" + 3*{width} + {channels}"
        return Description(
            f"{spec.SelfAttention.formula}, {self.heads} heads, d = {self.units}",
            f"{count} = {self.num_parameters}",
            steps * 4 * channels * width + 2 * steps * steps * width,
            (
                f"the multiply-adds include {steps}*{steps}*{2 * width} for products "
                "of queries, keys and values",
            ),
        )

    @classmethod
    def largest_output(cls, layer_spec: Any, input_shape: tuple[int, ...]) -> None:
        """Return None, because the output shape is unknown if x is not a sequence."""
        return None


def _affine(
    x: jax.Array, kernel: nnx.Param, bias: nnx.Param | None, context: Context
) -> jax.Array:
    y = jnp.matmul(
        x.astype(context.dtype),
        kernel[...].astype(context.dtype),
        preferred_element_type=jnp.float32,
    )
    return y if bias is None else y + ops.along_last_axis(bias[...], y)


def _check(layer_spec: spec.SelfAttention, context: BuildContext) -> None:
    shape = context.input_shape
    if len(shape) != 2:
        rule = "self_attention.input_shape == (steps, channels)"
        target = (*shape[:1], math.prod(shape[1:]))
        fix = f"Put Reshape({target}) before this layer, or, for codes, "
        fix += "Embedding(size, units)."
        raise InputError(context.fault(rule, "input_shape", shape, fix))
    if layer_spec.head_units is None and shape[-1] % int(layer_spec.heads):  # type: ignore[arg-type]
        divisors = [h for h in range(1, shape[-1] + 1) if shape[-1] % h == 0]
        fix = f"For {shape[-1]} channels, use {', '.join(map(str, divisors))} heads, "
        fix += "or set head_units."
        rule = "channels % heads == 0"
        raise InputError(context.fault(rule, "heads", layer_spec.heads, fix))
