"""Plain and depthwise convolution layers in one to three dimensions."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import Faults, InputError
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Description, Layer, builds
from assay.nn._lengths import fill_padding
from assay.nn._window_geometry import check_rank, window_geometry

__all__ = ["Convolution"]

ConvolutionSpec = spec.Convolution | spec.DepthwiseConvolution


@builds(spec.Convolution, spec.DepthwiseConvolution)
class Convolution(Layer):
    """Slides kernels over the input and sums the products at each position.

        y[p, k] = b[k] + sum over t, c of x[S p + dilation t - P, c] W[t, c, k]
        W2 = (W1 - F + 2P)/S + 1, rounded down;  D2 = K

    This class implements plain convolutions (including 1 x 1 and dilated ones) and
    depthwise convolutions. The kernel is not flipped. Padded steps of sequences are
    treated as zeros.

    Args:
        layer_spec: filters K, size F, stride S, padding P, dilation, groups, bias and
            initializer.
        context: build context; x is (n, *space, channels), and y is (n, *positions, K).

    Raises:
        InputError: the input has the wrong number of axes, the kernel is larger than
            the padded input, or `groups` does not divide the numbers of channels and
            filters.

    Example:
        >>> context = BuildContext((5, 5, 1), np.random.default_rng(0))
        >>> layer = Convolution(spec.Conv2D(4, 3, stride=2, padding=1), context)
        >>> layer(jnp.ones((2, 5, 5, 1)), Context()).shape
        (2, 3, 3, 4)
        >>> layer.describe().formula
        'H2 = W2 = (5 - 3 + 2*1)/2 + 1 = 3, D2 = K = 4'
    """

    weighted = True

    def __init__(self, layer_spec: ConvolutionSpec, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        check_rank(layer_spec, context)
        channels = context.input_shape[-1]
        self.filters, self.groups = filters_and_groups(layer_spec, channels)
        faults = Faults()
        try:
            self.window = window_geometry(layer_spec, context)
        except InputError as error:
            faults.extend(error.faults)
        check_groups(self.filters, self.groups, context, faults)
        faults.raise_if_any()
        shape = (*self.window.size, channels // self.groups, self.filters)
        self.kernel = nnx.Param(context.draw_weights(layer_spec.initializer, shape))
        bias = np.zeros(self.filters, np.float32)
        self.bias = nnx.Param(bias) if layer_spec.bias else None
        self.output_shape = (*self.window.output, self.filters)

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the convolution of x."""
        y = ops.convolve(
            fill_padding(x, context.lengths).astype(context.dtype),
            self.kernel[...].astype(context.dtype),
            stride=self.window.stride,
            padding=self.window.padding,
            dilation=self.window.dilation,
            groups=self.groups,
        )
        context.lengths = self.window.lengths(context.lengths)
        y = y.astype(jnp.float32)
        return y if self.bias is None else y + ops.along_last_axis(self.bias[...], y)

    def describe(self) -> Description:
        """Return the formulas for the output size and the parameter count."""
        window, channels = self.window, self.kernel[...].shape[-2]
        return Description(
            f"{window.formula}, D2 = K = {self.filters}",
            count_text(window.size, channels, layer=self),
            math.prod(window.output) * int(self.kernel[...].size),
            window.notes,
        )

    @classmethod
    def largest_output(
        cls, layer_spec: ConvolutionSpec, input_shape: tuple[int, ...]
    ) -> tuple[int, ...] | None:
        """Return (*space, filters), or None if the input has the wrong rank."""
        if len(input_shape) != layer_spec.rank + 1:
            return None
        filters, _ = filters_and_groups(layer_spec, input_shape[-1])
        return (*input_shape[:-1], filters)


def filters_and_groups(
    layer_spec: ConvolutionSpec | spec.TransposedConvolution, channels: int
) -> tuple[int, int]:
    """Return the number of filters and the number of groups."""
    if isinstance(layer_spec, spec.DepthwiseConvolution):
        return channels * int(layer_spec.multiplier), channels  # type: ignore[arg-type]
    return int(layer_spec.filters), int(layer_spec.groups)  # type: ignore[arg-type]


def check_groups(
    filters: int, groups: int, context: BuildContext, faults: Faults
) -> None:
    """Add a fault unless `groups` divides the channel count and the filter count."""
    channels = context.input_shape[-1]
    if channels % groups or filters % groups:
        common = math.gcd(channels, filters)
        *others, last = [str(g) for g in range(1, common + 1) if common % g == 0]
        choice = f"{', '.join(others)} or {last}" if others else last
        fix = f"For {channels} channels and {filters} filters, use {choice}."
        rule = "channels % groups == filters % groups == 0"
        faults.add(context.fault(rule, "groups", groups, fix))


def count_text(size: tuple[int, ...], channels: int, *, layer: Layer) -> str:
    """Return the calculation of the parameter count as text.

    Args:
        size: size of the window.
        channels: number of input channels of each kernel.
        layer: layer with the attributes `filters` and `bias`.
    """
    kernel = "*".join(map(str, (*size, channels)))
    per_filter = kernel if layer.bias is None else f"({kernel} + 1)"  # type: ignore[attr-defined]
    return f"{per_filter}*{layer.filters} = {layer.num_parameters}"  # type: ignore[attr-defined]
