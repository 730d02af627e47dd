"""Convolution and transposed convolution in one, two and three dimensions."""

from collections.abc import Sequence

import jax

from assay._errors import Faults, fault
from assay.nn.ops import _primitives
from assay.nn.ops._sizes import slide, transposed_output_size
from assay.nn.ops._windows import Geometry, Pairs

__all__ = ["convolve", "transposed_convolve"]


def convolve(
    x: jax.Array,
    kernel: jax.Array,
    *,
    stride: Sequence[int] | None = None,
    padding: Sequence[tuple[int, int]] | None = None,
    dilation: Sequence[int] | None = None,
    groups: int = 1,
) -> jax.Array:
    """Slide a kernel over the input and sum the products.

    As usual in deep learning, the kernel is not flipped, so this is a
    cross-correlation. The function is differentiable to any order in forward and
    reverse mode, including under `vmap`, and is fast inside `lax.scan`.

        y[n, p, k] = sum over t, c of x[n, stride * p + dilation * t - low, c]
                                      * kernel[t, c, k]

    Args:
        x: input, (n, *space, c) with one to three spatial dimensions.
        kernel: (*size, c / groups, k).
        stride: distance between window positions, one number per dimension; default 1.
        padding: zeros (before, after) in each dimension; none by default.
        dilation: distance between kernel elements; default 1.
        groups: number of groups into which c and k are split; each group of output
            channels depends only on its own group of input channels. A depthwise
            convolution has groups = c.

    Returns:
        (n, *output, k) with output = (W - F + low + high) / stride + 1,
        rounded down.

    Raises:
        InputError: the arguments are inconsistent.

    Example:
        >>> import jax.numpy as jnp
        >>> x, kernel = jnp.ones((1, 4, 1)), jnp.ones((2, 1, 1))
        >>> convolve(x, kernel, stride=(2,))[0, :, 0].tolist()
        [2.0, 2.0]

    References:
        Dumoulin and Visin, "A guide to convolution arithmetic for deep
        learning", 2016.
    """
    space = x.shape[1:-1]
    geometry = _geometry(
        space, kernel, stride=stride, padding=padding, dilation=dilation, groups=groups
    )
    _check_channels(x.shape[-1], kernel, groups)
    return _primitives.forward(x, kernel, geometry)


def transposed_convolve(
    x: jax.Array,
    kernel: jax.Array,
    *,
    stride: Sequence[int] | None = None,
    padding: Sequence[tuple[int, int]] | None = None,
    dilation: Sequence[int] | None = None,
    output_padding: Sequence[int] | None = None,
    groups: int = 1,
) -> jax.Array:
    """Spread each input element over a window of the output, weighted by the kernel.

    This is the exact transpose of `convolve` with the same arguments. That convolution
    maps arrays with the shape of the output to arrays with the shape of x.

    Args:
        x: input, (n, *space, c).
        kernel: (*size, k / groups, c), the kernel of the convolution that maps the
            k output channels to the c input channels.
        stride: factor by which the size grows; default 1.
        padding: rows (before, after) cut from the output; none by default.
        dilation: distance between kernel elements; default 1.
        output_padding: rows added at the end, fewer than the stride; default 0.
        groups: number of groups into which c and k are split.

    Returns:
        (n, *output, k) with output = (W - 1) stride - low - high
        + dilation (F - 1) + 1 + output_padding.

    Raises:
        InputError: the arguments are inconsistent.

    Example:
        >>> import jax.numpy as jnp
        >>> x, kernel = jnp.ones((1, 2, 1)), jnp.ones((2, 1, 1))
        >>> transposed_convolve(x, kernel, stride=(2,))[0, :, 0].tolist()
        [1.0, 1.0, 1.0, 1.0]

    References:
        Dumoulin and Visin, "A guide to convolution arithmetic for deep
        learning", 2016, section 4.
    """
    rank = x.ndim - 2
    ones, extra = (1,) * rank, tuple(output_padding or (0,) * rank)
    steps, spread = tuple(stride or ones), tuple(dilation or ones)
    pairs: Pairs = tuple((lo, hi) for lo, hi in padding or ((0, 0),) * rank)
    _check_rank(rank, kernel, stride=steps, padding=pairs, dilation=spread)
    _check_output_padding(extra, steps)
    space = tuple(
        transposed_output_size(w, f, s, p, dilation=d, output_padding=e)
        for w, f, s, p, d, e in zip(
            x.shape[1:-1],
            kernel.shape[:-2],
            steps,
            pairs,
            spread,
            extra,
            strict=True,
        )
    )
    geometry = _geometry(
        space, kernel, stride=steps, padding=pairs, dilation=spread, groups=groups
    )
    _check_transposed_channels(x.shape[-1], kernel, groups)
    return _primitives.input_gradient(x, kernel, geometry)


def _geometry(
    space: tuple[int, ...],
    kernel: jax.Array,
    *,
    stride: Sequence[int] | None,
    padding: Sequence[tuple[int, int]] | None,
    dilation: Sequence[int] | None,
    groups: int,
) -> Geometry:
    rank = len(space)
    steps = tuple(stride or (1,) * rank)
    spread = tuple(dilation or (1,) * rank)
    pairs: Pairs = tuple((lo, hi) for lo, hi in padding or ((0, 0),) * rank)
    _check_rank(rank, kernel, stride=steps, padding=pairs, dilation=spread)
    size = kernel.shape[:-2]
    for w, f, s, p, d in zip(space, size, steps, pairs, spread, strict=True):
        slide(w, f, s, p, dilation=d)
    return Geometry(space, size, steps, pairs, spread, groups)


def _check_rank(
    rank: int,
    kernel: jax.Array,
    *,
    stride: tuple[int, ...],
    padding: Pairs,
    dilation: tuple[int, ...],
) -> None:
    faults = Faults()
    if not 1 <= rank <= 3:
        fix = "Pass x as (n, *space, channels) with 1, 2 or 3 spatial dimensions."
        faults.add(fault("1 <= spatial dimensions <= 3", "dimensions", rank, fix))
    if kernel.ndim != rank + 2:
        fix = f"Use a kernel with {rank + 2} dimensions: (*size, in, out)."
        faults.add(
            fault("kernel.ndim == x.ndim", "kernel.shape", tuple(kernel.shape), fix)
        )
    for name, value in (
        ("stride", stride),
        ("padding", padding),
        ("dilation", dilation),
    ):
        if len(value) != rank:
            fix = f"Pass {rank} numbers, one per spatial dimension."
            faults.add(fault(f"len({name}) == {rank}", name, value, fix))
    faults.raise_if_any()


def _check_channels(channels: int, kernel: jax.Array, groups: int) -> None:
    faults = Faults()
    filters = kernel.shape[-1]
    if groups < 1 or channels % groups or filters % groups:
        fix = f"Choose a common divisor of the numbers of channels ({channels}) and "
        fix += f"filters ({filters})."
        rule = "channels % groups == filters % groups == 0"
        faults.add(fault(rule, "groups", groups, fix))
    elif kernel.shape[-2] * groups != channels:
        fix = f"Use a kernel with {channels // groups} input channels."
        faults.add(
            fault(
                "kernel.shape[-2] == x.shape[-1] / groups",
                "kernel.shape",
                tuple(kernel.shape),
                fix,
            )
        )
    faults.raise_if_any()


def _check_transposed_channels(channels: int, kernel: jax.Array, groups: int) -> None:
    faults = Faults()
    if groups < 1 or channels % groups:
        fix = f"Choose a divisor of the number of channels ({channels})."
        faults.add(fault("channels % groups == 0", "groups", groups, fix))
    if kernel.shape[-1] != channels:
        faults.add(
            fault(
                "kernel.shape[-1] == x.shape[-1]",
                "kernel.shape",
                tuple(kernel.shape),
                f"Pass the kernel as (*size, k / groups, {channels}).",
            )
        )
    faults.raise_if_any()


def _check_output_padding(extra: tuple[int, ...], stride: tuple[int, ...]) -> None:
    if len(extra) != len(stride) or any(
        not 0 <= e < s for e, s in zip(extra, stride, strict=False)
    ):
        faults = Faults()
        fix = "Pass one number per dimension, each smaller than the stride in that "
        fix += f"dimension. The strides are {stride}."
        faults.add(fault("0 <= output_padding < stride", "output_padding", extra, fix))
        faults.raise_if_any()
