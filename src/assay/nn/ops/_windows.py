"""Taps, strides and padding of convolution and pooling."""

import itertools
import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import jax
from jax import lax

__all__ = ["Geometry", "Pairs", "pad_space", "taps", "window_slice"]

Pairs = tuple[tuple[int, int], ...]


class Geometry(NamedTuple):
    """The geometry of a sliding kernel, as a hashable parameter for primitives.

    `space` and `kernel` are the sizes of the input and the window, with one number per
    spatial dimension. `padding` contains (before, after) pairs.
    """

    space: tuple[int, ...]
    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: Pairs
    dilation: tuple[int, ...]
    groups: int = 1

    @property
    def reach(self) -> tuple[int, ...]:
        """Number of rows that the dilated window covers in each dimension."""
        return tuple(
            d * (f - 1) + 1 for f, d in zip(self.kernel, self.dilation, strict=True)
        )

    @property
    def output(self) -> tuple[int, ...]:
        """Number of window positions in each dimension."""
        sizes = zip(self.space, self.padding, self.reach, self.stride, strict=True)
        return tuple((w + lo + hi - r) // s + 1 for w, (lo, hi), r, s in sizes)

    @property
    def pointwise(self) -> bool:
        """Whether the window has a single element."""
        return math.prod(self.kernel) == 1

    @property
    def trailing(self) -> Pairs:
        """The padding, cropped or extended so that it ends with the last window."""
        rows = zip(
            self.space, self.padding, self.reach, self.stride, self.output, strict=True
        )
        return tuple((lo, (o - 1) * s + r - w - lo) for w, (lo, _), r, s, o in rows)


def pad_space(
    x: jax.Array, padding: Sequence[tuple[int, int]], *, value: float = 0.0
) -> jax.Array:
    """Pad (or crop, if negative) the spatial dimensions of (n, *space, c)."""
    if not any(low or high for low, high in padding):
        return x
    fill = lax.full((), value, x.dtype)
    config = [(0, 0, 0), *((lo, hi, 0) for lo, hi in padding), (0, 0, 0)]
    return lax.pad(x, fill, config)


def taps(kernel: Sequence[int]) -> Iterator[tuple[int, ...]]:
    """Iterate over the kernel's elements, with the last dimension varying fastest."""
    return itertools.product(*(range(size) for size in kernel))


def window_slice(x: jax.Array, tap: tuple[int, ...], geometry: Geometry) -> jax.Array:
    """Return the values of the padded x under one tap, (n, *output, c)."""
    steps = zip(tap, geometry.dilation, strict=True)
    start = tuple(t * d for t, d in steps)
    ends = zip(start, geometry.output, geometry.stride, strict=True)
    stop = tuple(b + (o - 1) * s + 1 for b, o, s in ends)
    return lax.slice(
        x,
        (0, *start, 0),
        (x.shape[0], *stop, x.shape[-1]),
        (1, *geometry.stride, 1),
    )
