"""Convolution layers: plain, depthwise and transposed, in one to three dimensions."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import Faults, InputError
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import About, Layer, Site, builds
from assay.nn._lengths import only_real
from assay.nn.layers._windows import AXES, check_rank, each_axis, sliding

__all__ = ["Convolution", "TransposedConvolution"]


@builds(
    spec.Conv1D,
    spec.Conv2D,
    spec.Conv3D,
    spec.DepthwiseConv1D,
    spec.DepthwiseConv2D,
    spec.DepthwiseConv3D,
)
class Convolution(Layer):
    """Slides kernels over space; each sums products with what it covers.

    For images and sequences: the same feature is found wherever it stands, and what
    moves in the input moves in the output. One layer for plain (also 1 x 1 and
    dilated) and for depthwise convolutions. The kernel is not flipped.

        y[p, k] = b[k] + sum over t, c of x[S p + dilation t - P, c] W[t, c, k]
        W2 = (W1 - F + 2P)/S + 1, rounded down;  D2 = K

    Padded steps of sequences count as zeros, like the padding.

    Args:
        asked: filters K, size F, stride S, padding P, dilation, groups, bias and
            initializer; "auto" fits the activation that follows.
        site: x is (n, *space, channels), and y is (n, *places, K).

    Raises:
        InputError: the input has another number of axes, the kernel is larger than
            the padded input, or the groups do not divide the channels.

    Example:
        >>> site = Site((5, 5, 1), np.random.default_rng(0))
        >>> layer = Convolution(spec.Conv2D(4, 3, stride=2, padding=1), site)
        >>> layer(jnp.ones((2, 5, 5, 1)), Context()).shape
        (2, 3, 3, 4)
        >>> layer.about().formula
        'H2 = W2 = (5 - 3 + 2*1)/2 + 1 = 3, D2 = K = 4'

    References:
        LeCun et al., 1998, "Gradient-based learning applied to document recognition".
        Dumoulin and Visin, 2016, "A guide to convolution arithmetic for deep
        learning".
    """

    def __init__(self, asked: Any, site: Site) -> None:
        faults = Faults()
        self.filters, self.groups = _filters(asked, site.input_shape[-1])
        check_rank(asked, site)
        try:
            self.sliding = sliding(asked, site)
        except InputError as error:
            faults.extend(error.faults)
        _check_groups(self.filters, self.groups, site, faults)
        faults.raise_if_any()
        inputs = site.input_shape[-1] // self.groups
        shape = (*self.sliding.size, inputs, self.filters)
        self.kernel = nnx.Param(site.draw(asked.initializer, shape))
        bias = np.zeros(self.filters, np.float32)
        self.bias = nnx.Param(bias) if asked.bias else None
        self.output_shape = (*self.sliding.output, self.filters)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the sums of products at every place."""
        y = ops.convolve(
            only_real(x, context.lengths).astype(context.dtype),
            self.kernel[...].astype(context.dtype),
            stride=self.sliding.stride,
            padding=self.sliding.padding,
            dilation=self.sliding.dilation,
            groups=self.groups,
        )
        context.lengths = self.sliding.lengths(context.lengths)
        y = y.astype(jnp.float32)
        return y if self.bias is None else y + ops.along_last_axis(self.bias[...], y)

    def about(self) -> About:
        """Say the size of its output and of its kernels with the numbers put in."""
        window, channels = self.sliding, self.kernel[...].shape[-2]
        return About(
            f"{window.formula}, D2 = K = {self.filters}",
            _count(window.size, channels, self),
            math.prod(window.output) * int(self.kernel[...].size),
            window.notes,
        )

    @classmethod
    def largest_output(
        cls, asked: Any, input_shape: tuple[int, ...]
    ) -> tuple[int, ...] | None:
        """Return the input's space with the filters; None if it is no space."""
        if len(input_shape) != asked.rank + 1:
            return None
        return (*input_shape[:-1], _filters(asked, input_shape[-1])[0])


@builds(spec.ConvTranspose1D, spec.ConvTranspose2D, spec.ConvTranspose3D)
class TransposedConvolution(Layer):
    """Spreads each input over the output through a kernel: the image grows.

    The exact transpose of a convolution with the same numbers.

        W2 = (W1 - 1) S - 2P + F + output_padding;  D2 = K

    Args:
        asked: filters K, size F, stride S, rows cut from both sides P, dilation,
            output_padding, groups, bias and initializer.
        site: x is (n, *space, channels), and y is (n, *places, K).

    Raises:
        InputError: the input has another number of axes, nothing would be left of
            the output, or the groups do not divide the channels.

    Example:
        >>> site = Site((4, 4, 3), np.random.default_rng(0))
        >>> layer = TransposedConvolution(spec.ConvTranspose2D(8, 3, stride=2), site)
        >>> layer(jnp.ones((2, 4, 4, 3)), Context()).shape
        (2, 8, 8, 8)

    References:
        Zeiler et al., 2010, "Deconvolutional networks".
        Dumoulin and Visin, 2016, "A guide to convolution arithmetic for deep
        learning", section 4.
    """

    def __init__(self, asked: spec.TransposedConvolution, site: Site) -> None:
        check_rank(asked, site)
        rank, channels = asked.rank, site.input_shape[-1]
        self.filters, self.groups = _filters(asked, channels)
        self.space = site.input_shape[:-1]
        self.size = each_axis(asked.size, rank)
        self.stride = each_axis(asked.stride, rank)
        self.dilation = each_axis(asked.dilation, rank)
        self.padding, self.extra = _transposed_padding(
            asked, self.size, self.stride, self.dilation
        )
        faults = Faults()
        self._check(asked, site, faults)
        faults.raise_if_any()
        self.kernel = nnx.Param(self._draw(asked.initializer, site))
        bias = np.zeros(self.filters, np.float32)
        self.bias = nnx.Param(bias) if asked.bias else None
        self.output_shape = (*self._places(), self.filters)

    def _places(self) -> tuple[int, ...]:
        rows = zip(self.space, self.stride, self.padding, self._reach(), strict=True)
        grown = ((w - 1) * s - sum(p) + r for w, s, p, r in rows)
        return tuple(g + e for g, e in zip(grown, self.extra, strict=True))

    def _reach(self) -> tuple[int, ...]:
        axes = zip(self.dilation, self.size, strict=True)
        return tuple(d * (f - 1) + 1 for d, f in axes)

    def _check(self, asked: Any, site: Site, faults: Faults) -> None:
        _check_groups(self.filters, self.groups, site, faults)
        axes = zip(self.extra, self.stride, strict=True)
        if any(e >= s for e, s in axes):
            rule, name = "output_padding < stride", "output_padding"
            fix = f"The stride is {asked.stride}; write a smaller number."
            faults.add(site.fault(rule, name, asked.output_padding, fix))
        if min(self._places()) < 1:
            rule, name = "something is left of the output", "padding"
            fix = f"It cuts all of it ({self._formula()}). Write less."
            faults.add(site.fault(rule, name, asked.padding, fix))

    def _draw(self, initializer: str, site: Site) -> np.ndarray:
        """Draw as for a convolution of these channels, then swap in and out."""
        channels, groups = site.input_shape[-1], self.groups
        inputs, outputs = channels // groups, self.filters // groups
        drawn = site.draw(initializer, (*self.size, inputs, self.filters))
        parts = drawn.reshape(*self.size, inputs, groups, outputs)
        swapped = np.moveaxis(parts, (-1, -2, -3), (-3, -2, -1))
        return np.ascontiguousarray(swapped).reshape(*self.size, outputs, channels)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the sum of all kernels, each times the input it starts from."""
        y = ops.transposed_convolve(
            only_real(x, context.lengths).astype(context.dtype),
            self.kernel[...].astype(context.dtype),
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            output_padding=self.extra,
            groups=self.groups,
        )
        if context.lengths is not None:
            cut, reach = sum(self.padding[0]), self._reach()[0]
            grown = (context.lengths - 1) * self.stride[0] - cut + reach + self.extra[0]
            grown = jnp.clip(grown, 0, self.output_shape[0])
            context.lengths = jnp.where(context.lengths > 0, grown, 0)
        y = y.astype(jnp.float32)
        return y if self.bias is None else y + ops.along_last_axis(self.bias[...], y)

    def _formula(self) -> str:
        told = []
        rows = zip(self.space, self.stride, self.padding, self._reach(), strict=True)
        letters = zip(AXES[len(self.space)], rows, self.extra, strict=True)
        for (letter, (w, s, p, r), extra), places in zip(
            letters, self._places(), strict=True
        ):
            cut = f"2*{p[0]}" if p[0] == p[1] else f"{p[0]} - {p[1]}"
            more = f" + {extra}" if extra else ""
            told.append(f"{letter}2 = ({w} - 1)*{s} - {cut} + {r}{more} = {places}")
        return ", ".join(told)

    def about(self) -> About:
        """Say the size of its output and of its kernels with the numbers put in."""
        channels = self.kernel[...].shape[-1] // self.groups
        return About(
            f"{self._formula()}, D2 = K = {self.filters}",
            _count(self.size, channels, self),
            math.prod(self.space) * int(self.kernel[...].size),
        )

    @classmethod
    def largest_output(
        cls, asked: Any, input_shape: tuple[int, ...]
    ) -> tuple[int, ...] | None:
        """Return None: how much it grows depends on what is wrong."""
        return None


def _filters(asked: Any, channels: int) -> tuple[int, int]:
    """Return (filters, groups)."""
    if isinstance(asked, spec.DepthwiseConvolution):
        return channels * int(asked.multiplier), channels  # type: ignore[arg-type]
    return int(asked.filters), int(asked.groups)


def _check_groups(filters: int, groups: int, site: Site, faults: Faults) -> None:
    channels = site.input_shape[-1]
    if channels % groups or filters % groups:
        common = math.gcd(channels, filters)
        divisors = [str(g) for g in range(1, common + 1) if common % g == 0]
        choice = divisors[0]
        if divisors[1:]:
            choice = f"{', '.join(divisors[:-1])} or {divisors[-1]}"
        fix = f"There are {channels} channels and {filters} filters: write {choice}."
        rule = "groups divides the channels and the filters"
        faults.add(site.fault(rule, "groups", groups, fix))


def _transposed_padding(
    asked: Any,
    size: tuple[int, ...],
    stride: tuple[int, ...],
    dilation: tuple[int, ...],
) -> tuple[tuple[tuple[int, int], ...], tuple[int, ...]]:
    """Return (rows cut before and after, rows added) along each axis."""
    extra = each_axis(asked.output_padding, len(size))
    if asked.padding != "same":
        rows = each_axis(0 if asked.padding == "valid" else asked.padding, len(size))
        return tuple((row, row) for row in rows), extra
    pairs, more = [], []
    for f, s, d, e in zip(size, stride, dilation, extra, strict=True):
        surplus = d * (f - 1) + 1 - s  # over the input's size times the stride
        pairs.append((max(surplus, 0) // 2, max(surplus, 0) - max(surplus, 0) // 2))
        more.append(e + max(-surplus, 0))
    return tuple(pairs), tuple(more)


def _count(size: tuple[int, ...], channels: int, layer: Any) -> str:
    window = "*".join(map(str, (*size, channels)))
    one = window if layer.bias is None else f"({window} + 1)"
    return f"{one}*{layer.filters} = {layer.num_parameters}"
