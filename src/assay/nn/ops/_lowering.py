"""Convolution and its two gradients in forms that XLA compiles efficiently.

XLA's CPU backend replaces convolutions with its fast kernel only outside loops. A
convolution inside `lax.scan` must therefore use the canonical axis order, which is
(batch, space, channel) for the input and output and (size, in, out) for the kernel. All
functions take x (n, *space, c), kernel (*size, c/groups, k) and g (n, *output, k), and
return arrays in the same order.
"""

from functools import reduce

import jax
import jax.numpy as jnp
from jax import lax

from assay.nn.ops._broadcasting import along_last_axis
from assay.nn.ops._windows import Geometry, Pairs, pad_space, taps, window_slice

__all__ = ["forward", "input_gradient", "kernel_gradient"]

# Up to this number of input channels, one matrix product over gathered patches is
# faster than XLA's kernel, which does too little work per patch.
_FEW_CHANNELS = 4


def forward(x: jax.Array, kernel: jax.Array, *, geometry: Geometry) -> jax.Array:
    """Return the convolution of x with the kernel, (n, *output, k)."""
    if _is_depthwise(geometry, kernel):
        return _depthwise_forward(x, kernel, geometry)
    if geometry.groups > 1:
        return _grouped_forward(x, kernel, geometry)
    if geometry.pointwise or x.shape[-1] <= _FEW_CHANNELS:
        patches = _patches(x, geometry)
        return _matmul(patches, kernel.reshape(-1, kernel.shape[-1]))
    return _canonical(
        pad_space(x, geometry.trailing),
        kernel,
        strides=geometry.stride,
        spread=geometry.dilation,
    )


def input_gradient(g: jax.Array, kernel: jax.Array, *, geometry: Geometry) -> jax.Array:
    """Return the gradient with respect to the input, (n, *space, c)."""
    if _is_depthwise(geometry, kernel):
        return _depthwise_input_gradient(g, kernel, geometry)
    if geometry.groups > 1:
        return _grouped_input_gradient(g, kernel, geometry)
    if geometry.pointwise:
        c = kernel.shape[-2]
        dx = _matmul(g, kernel.reshape(c, -1).T)
        return _spread(dx, geometry)
    # This is a full correlation with the flipped kernel. A stride above 1 inserts zeros
    # into g.
    flipped = lax.rev(kernel, tuple(range(len(geometry.kernel))))
    return _canonical(
        _spread_for_full(g, geometry),
        jnp.swapaxes(flipped, -1, -2),
        strides=(1,) * len(geometry.kernel),
        spread=geometry.dilation,
    )


def kernel_gradient(x: jax.Array, g: jax.Array, *, geometry: Geometry) -> jax.Array:
    """Return the gradient with respect to the kernel, (*size, c/groups, k)."""
    c, k = x.shape[-1], g.shape[-1]
    if geometry.groups == c > 1:
        return _depthwise_kernel_gradient(x, g, geometry)
    if geometry.groups > 1:
        return _grouped_kernel_gradient(x, g, geometry)
    if geometry.pointwise or c <= _FEW_CHANNELS:
        patches = _patches(x, geometry)
        flat = patches.reshape(-1, patches.shape[-1])
        kernel = lax.dot_general(flat, g.reshape(-1, k), (((0,), (0,)), ((), ())))
        return kernel.reshape(*geometry.kernel, c, k)
    # The channel and batch axes swap roles here.
    padded = pad_space(x, geometry.trailing)
    out = _canonical(
        jnp.swapaxes(padded, 0, -1),
        jnp.moveaxis(g, 0, -2),
        strides=geometry.dilation,
        spread=geometry.stride,
    )
    return jnp.moveaxis(out, 0, -2)


def _canonical(
    x: jax.Array,
    kernel: jax.Array,
    *,
    strides: tuple[int, ...],
    spread: tuple[int, ...],
) -> jax.Array:
    """Call XLA's convolution without padding and with axes in canonical order."""
    rank = len(strides)
    space = tuple(range(1, rank + 1))
    io = (rank + 1, rank, *range(rank))
    bf = (0, rank + 1, *space)
    return lax.conv_general_dilated(
        x,
        kernel,
        window_strides=strides,
        padding=((0, 0),) * rank,
        rhs_dilation=spread,
        dimension_numbers=lax.ConvDimensionNumbers(bf, io, bf),
    )


def _matmul(rows: jax.Array, matrix: jax.Array) -> jax.Array:
    """Multiply the last axis of rows (n, *space, a) by matrix (a, b)."""
    flat = lax.dot(rows.reshape(-1, rows.shape[-1]), matrix)
    return flat.reshape(*rows.shape[:-1], matrix.shape[-1])


def _patches(x: jax.Array, geometry: Geometry) -> jax.Array:
    """Stack the values under each window along the channels: (n, *output, taps * c)."""
    padded = pad_space(x, geometry.trailing)
    slices = [window_slice(padded, tap, geometry) for tap in taps(geometry.kernel)]
    return slices[0] if len(slices) == 1 else jnp.concatenate(slices, axis=-1)


def _spread(dx: jax.Array, geometry: Geometry) -> jax.Array:
    """Move the rows of a 1 x 1 convolution's gradient to their places in the input."""
    if geometry.output == geometry.space and not any(map(any, geometry.padding)):
        return dx
    zero = jnp.zeros((), dx.dtype)
    rows = zip(geometry.trailing, geometry.stride, strict=True)
    config = [(-lo, -hi, s - 1) for (lo, hi), s in rows]
    return lax.pad(dx, zero, [(0, 0, 0), *config, (0, 0, 0)])


def _full_padding(geometry: Geometry) -> Pairs:
    """Return the padding of g that makes a full correlation yield size `space`."""
    rows = zip(geometry.trailing, geometry.reach, strict=True)
    return tuple((r - 1 - lo, r - 1 - hi) for (lo, hi), r in rows)


def _spread_for_full(g: jax.Array, geometry: Geometry) -> jax.Array:
    zero = jnp.zeros((), g.dtype)
    rows = zip(_full_padding(geometry), geometry.stride, strict=True)
    config = [(lo, hi, s - 1) for (lo, hi), s in rows]
    return lax.pad(g, zero, [(0, 0, 0), *config, (0, 0, 0)])


# In a depthwise convolution, each of the c groups has one input channel and m output
# channels. Written as a sum of shifted products, one per tap, it fuses into one loop
# over the outputs.


def _is_depthwise(geometry: Geometry, kernel: jax.Array) -> bool:
    return geometry.groups > 1 and kernel.shape[-2] == 1


def _repeat_channels(x: jax.Array, times: int) -> jax.Array:
    return x if times == 1 else jnp.repeat(x, times, axis=-1)


def _depthwise_forward(
    x: jax.Array, kernel: jax.Array, geometry: Geometry
) -> jax.Array:
    padded = pad_space(x, geometry.trailing)
    multiplier = kernel.shape[-1] // geometry.groups
    terms = (
        _repeat_channels(window_slice(padded, tap, geometry), multiplier)
        * along_last_axis(kernel[tap][0], padded)
        for tap in taps(geometry.kernel)
    )
    return reduce(jnp.add, terms)


def _depthwise_input_gradient(
    g: jax.Array, kernel: jax.Array, geometry: Geometry
) -> jax.Array:
    full = _spread_for_full(g, geometry)
    rank = len(geometry.kernel)
    back = Geometry(
        space=full.shape[1:-1],
        kernel=geometry.kernel,
        stride=(1,) * rank,
        padding=((0, 0),) * rank,
        dilation=geometry.dilation,
        groups=geometry.groups,
    )
    flipped = lax.rev(kernel, tuple(range(rank)))
    total = reduce(
        jnp.add,
        (
            window_slice(full, t, back) * along_last_axis(flipped[t][0], full)
            for t in taps(geometry.kernel)
        ),
    )
    multiplier = kernel.shape[-1] // geometry.groups
    if multiplier == 1:
        return total
    return total.reshape(*total.shape[:-1], -1, multiplier).sum(-1)


def _depthwise_kernel_gradient(
    x: jax.Array, g: jax.Array, geometry: Geometry
) -> jax.Array:
    padded = pad_space(x, geometry.trailing)
    multiplier = g.shape[-1] // geometry.groups
    axes = tuple(range(g.ndim - 1))
    rows = []
    for tap in taps(geometry.kernel):
        part = _repeat_channels(window_slice(padded, tap, geometry), multiplier)
        rows.append((part * g).sum(axes))
    return jnp.stack(rows).reshape(*geometry.kernel, 1, g.shape[-1])


# A grouped convolution is a separate plain convolution for each group of channels.


def _split(x: jax.Array, groups: int) -> list[jax.Array]:
    return jnp.split(x, groups, axis=-1)


def _grouped_forward(x: jax.Array, kernel: jax.Array, geometry: Geometry) -> jax.Array:
    alone = geometry._replace(groups=1)
    pairs = zip(
        _split(x, geometry.groups), _split(kernel, geometry.groups), strict=True
    )
    return jnp.concatenate([forward(a, b, geometry=alone) for a, b in pairs], axis=-1)


def _grouped_input_gradient(
    g: jax.Array, kernel: jax.Array, geometry: Geometry
) -> jax.Array:
    alone = geometry._replace(groups=1)
    pairs = zip(
        _split(g, geometry.groups), _split(kernel, geometry.groups), strict=True
    )
    parts = [input_gradient(a, b, geometry=alone) for a, b in pairs]
    return jnp.concatenate(parts, axis=-1)


def _grouped_kernel_gradient(
    x: jax.Array, g: jax.Array, geometry: Geometry
) -> jax.Array:
    alone = geometry._replace(groups=1)
    pairs = zip(_split(x, geometry.groups), _split(g, geometry.groups), strict=True)
    parts = [kernel_gradient(a, b, geometry=alone) for a, b in pairs]
    return jnp.concatenate(parts, axis=-1)
