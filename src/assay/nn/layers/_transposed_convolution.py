"""Transposed convolution layers in one to three dimensions."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import Faults
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Description, Layer, builds
from assay.nn._lengths import fill_padding, limited
from assay.nn._window_geometry import (
    AXIS_LETTERS,
    check_rank,
    one_per_axis,
    pairs_per_axis,
)
from assay.nn.layers._convolution import (
    check_groups,
    count_text,
    filters_and_groups,
)

__all__ = ["TransposedConvolution"]

_Sizes = tuple[int, ...]


@builds(spec.TransposedConvolution)
class TransposedConvolution(Layer):
    """Spreads each input value over a window of the output, weighted by a kernel.

        W2 = (W1 - 1) S - 2P + F + output_padding;  D2 = K

    This is the exact transpose of a convolution with the same settings.

    Args:
        layer_spec: filters K, size F, stride S, padding P (rows cut from both sides),
            dilation, output_padding, groups, bias and initializer.
        context: build context; x is (n, *space, channels), and y is (n, *positions, K).

    Raises:
        InputError: the input has the wrong number of axes, the output would be empty,
            or `groups` does not divide the numbers of channels and filters.

    Example:
        >>> context = BuildContext((4, 4, 3), np.random.default_rng(0))
        >>> layer = TransposedConvolution(spec.ConvTranspose2D(8, 3, stride=2), context)
        >>> layer(jnp.ones((2, 4, 4, 3)), Context()).shape
        (2, 8, 8, 8)
    """

    weighted = True

    def __init__(
        self, layer_spec: spec.TransposedConvolution, context: BuildContext
    ) -> None:
        super().__init__(layer_spec, context)
        check_rank(layer_spec, context)
        rank = layer_spec.rank
        *space, channels = context.input_shape
        self.space = tuple(space)
        self.filters, self.groups = filters_and_groups(layer_spec, channels)
        self.size = one_per_axis(layer_spec.size, rank)
        self.stride = one_per_axis(layer_spec.stride, rank)
        self.dilation = one_per_axis(layer_spec.dilation, rank)
        self.padding, self.extra = _padding(
            layer_spec, self._dilated_sizes(), self.stride
        )
        self._check(layer_spec, context)
        self.kernel = nnx.Param(self._draw_kernel(layer_spec.initializer, context))
        bias = np.zeros(self.filters, np.float32)
        self.bias = nnx.Param(bias) if layer_spec.bias else None
        self.output_shape = (*self._output_sizes(), self.filters)

    def _output_sizes(self) -> _Sizes:
        """Return the size of the output along each axis."""
        axes = zip(
            self.space, self.stride, self.padding, self._dilated_sizes(), strict=True
        )
        grown = ((w - 1) * s - sum(p) + r for w, s, p, r in axes)
        return tuple(g + e for g, e in zip(grown, self.extra, strict=True))

    def _dilated_sizes(self) -> _Sizes:
        """Return the size of the dilated kernel along each axis."""
        axes = zip(self.dilation, self.size, strict=True)
        return tuple(d * (f - 1) + 1 for d, f in axes)

    def _check(
        self, layer_spec: spec.TransposedConvolution, context: BuildContext
    ) -> None:
        faults = Faults()
        check_groups(self.filters, self.groups, context, faults)
        if any(e >= s for e, s in zip(self.extra, self.stride, strict=True)):
            rule, name = "output_padding < stride", "output_padding"
            fix = f"Use a number smaller than the stride {layer_spec.stride}."
            faults.add(context.fault(rule, name, layer_spec.output_padding, fix))
        if min(self._output_sizes()) < 1:
            rule, name = "output size >= 1", "padding"
            fix = f"The output would be empty ({self._formula()}). Use less padding."
            faults.add(context.fault(rule, name, layer_spec.padding, fix))
        faults.raise_if_any()

    def _draw_kernel(self, initializer: str, context: BuildContext) -> np.ndarray:
        """Draw the kernel of a convolution and swap its input and output channels.

        As in a convolution, each output sums over the input channels, so fan_in and
        fan_out are those of the convolution.
        """
        channels, groups = context.input_shape[-1], self.groups
        inputs, outputs = channels // groups, self.filters // groups
        drawn = context.draw_weights(initializer, (*self.size, inputs, self.filters))
        by_group = drawn.reshape(*self.size, inputs, groups, outputs)
        swapped = np.moveaxis(by_group, (-1, -2, -3), (-3, -2, -1))
        return np.ascontiguousarray(swapped).reshape(*self.size, outputs, channels)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the sum of shifted kernels, each multiplied by an input value."""
        y = ops.transposed_convolve(
            fill_padding(x, context.lengths).astype(context.dtype),
            self.kernel[...].astype(context.dtype),
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            output_padding=self.extra,
            groups=self.groups,
        )
        context.lengths = self._lengths(context.lengths)
        y = y.astype(jnp.float32)
        return y if self.bias is None else y + ops.along_last_axis(self.bias[...], y)

    def _lengths(self, lengths: jax.Array | None) -> jax.Array | None:
        """Return the number of output steps that depend on real steps, (n,)."""
        if lengths is None:
            return None
        cut, reach = sum(self.padding[0]), self._dilated_sizes()[0]
        grown = (lengths - 1) * self.stride[0] - cut + reach + self.extra[0]
        return limited(grown, lengths, most=self.output_shape[0])

    def _formula(self) -> str:
        """Return the formula for the output size, with numbers filled in."""
        formulas = []
        axes = zip(
            self.space, self.stride, self.padding, self._dilated_sizes(), strict=True
        )
        letters = AXIS_LETTERS[len(self.space)]
        for letter, (w, s, p, r), extra, num_positions in zip(
            letters, axes, self.extra, self._output_sizes(), strict=True
        ):
            cut = f"2*{p[0]}" if p[0] == p[1] else f"{p[0]} - {p[1]}"
            more = f" + {extra}" if extra else ""
            formulas.append(
                f"{letter}2 = ({w} - 1)*{s} - {cut} + {r}{more} = {num_positions}"
            )
        return ", ".join(formulas)

    def describe(self) -> Description:
        """Return the formulas for the output size and the parameter count."""
        channels = self.kernel[...].shape[-1] // self.groups
        return Description(
            f"{self._formula()}, D2 = K = {self.filters}",
            count_text(self.size, channels, layer=self),
            math.prod(self.space) * int(self.kernel[...].size),
        )

    @classmethod
    def largest_output(cls, layer_spec: Any, input_shape: tuple[int, ...]) -> None:
        """Return None, because the output size of a faulty layer is unknown."""
        return None


def _padding(
    layer_spec: spec.TransposedConvolution, reach: _Sizes, stride: _Sizes
) -> tuple[tuple[tuple[int, int], ...], _Sizes]:
    """Return the numbers of rows to cut (before, after) and to add along each axis."""
    extra = one_per_axis(layer_spec.output_padding, len(reach))
    padding = 0 if layer_spec.padding == "valid" else layer_spec.padding
    if padding not in ("same", "same_lower"):
        return pairs_per_axis(padding, len(reach)), extra
    pairs, added = [], []
    for r, s, e in zip(reach, stride, extra, strict=True):
        surplus = r - s  # output size minus stride times input size
        cut = max(surplus, 0)
        less, more = cut // 2, cut - cut // 2
        pairs.append((more, less) if padding == "same_lower" else (less, more))
        added.append(e + max(-surplus, 0))
    return tuple(pairs), tuple(added)
