"""The window positions of convolution and pooling layers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from assay import spec
from assay._errors import Faults, InputError
from assay.nn import ops
from assay.nn._layer import BuildContext, shape_text
from assay.nn._lengths import limited

__all__ = [
    "AXIS_LETTERS",
    "SlidingSpec",
    "WindowGeometry",
    "check_rank",
    "one_per_axis",
    "pairs_per_axis",
    "window_geometry",
]

SlidingSpec = spec.Convolution | spec.DepthwiseConvolution | spec.Pooling
"""Specs of layers whose output size is (W - F + 2P)/S + 1."""

AXIS_LETTERS = {1: ("W",), 2: ("H", "W"), 3: ("Z", "H", "W")}
_INPUTS = {
    1: "(steps, channels)",
    2: "(height, width, channels)",
    3: "(depth, height, width, channels)",
}
_SHAPES_TO_PASTE = {1: "(steps, 1)", 2: "(height, width, 1)", 3: "(d, h, w, 1)"}


@dataclass(frozen=True)
class WindowGeometry:
    """The geometry of a window that slides over one to three axes.

    Args:
        space: W, size of the input along each axis.
        size: F, size of the window along each axis.
        stride: S, distance between neighboring windows along each axis.
        padding: number of zeros (before, after) along each axis.
        dilation: distance between neighboring window elements along each axis.
        same: whether the padding in the spec is "same" or "same_lower".
        round_up: whether the number of windows is rounded up.
    """

    space: tuple[int, ...]
    size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[tuple[int, int], ...]
    dilation: tuple[int, ...]
    same: bool
    round_up: bool = False

    @property
    def slides(self) -> tuple[ops.Slide, ...]:
        """The output size, the number of dropped rows and the formula for each axis."""
        numbers = zip(
            self.space, self.size, self.stride, self.padding, self.dilation, strict=True
        )
        return tuple(
            ops.slide(w, f, s, p, dilation=d, round_up=self.round_up)
            for w, f, s, p, d in numbers
        )

    @property
    def has_gaps(self) -> bool:
        """Whether the window is dilated and therefore has gaps between its elements."""
        return max(self.dilation) > 1

    @property
    def output(self) -> tuple[int, ...]:
        """Number of window positions along each axis."""
        return tuple(slide.output_size for slide in self.slides)

    @property
    def formula(self) -> str:
        """The formula for the output size along each axis, with numbers filled in."""
        names: dict[str, str] = {}  # axes, such as "H2 = W2", keyed by formula
        letters = AXIS_LETTERS[len(self.space)]
        for letter, slide in zip(letters, self.slides, strict=True):
            before = names.get(slide.formula)
            names[slide.formula] = f"{before} = {letter}2" if before else f"{letter}2"
        return ", ".join(f"{axes} = {formula}" for formula, axes in names.items())

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes on rows that no window reaches."""
        axes: dict[tuple[int, int], list[str]] = {}  # keyed by (stride, dropped rows)
        letters = AXIS_LETTERS[len(self.space)]
        for letter, step, slide in zip(letters, self.stride, self.slides, strict=True):
            if slide.dropped:
                axes.setdefault((step, slide.dropped), []).append(letter)
        return tuple(
            f"with stride {step}, no window reaches the last "
            f"{'row' if dropped == 1 else f'{dropped} rows'} along "
            f"{' and '.join(names)}"
            for (step, dropped), names in axes.items()
        )

    def lengths(self, lengths: jax.Array | None) -> jax.Array | None:
        """Return the number of real output steps in each sequence, (n,)."""
        if lengths is None:
            return None
        step, (low, high) = self.stride[0], self.padding[0]
        reach = self.dilation[0] * (self.size[0] - 1) + 1
        if self.same:  # padding depends on the length (see `ops.same_padding`)
            return -(-lengths // step)
        room = lengths + low + high - reach
        num_positions = room // step + 1
        if self.round_up:  # as in `ops.slide`
            num_positions += (room % step > 0) & (num_positions * step < lengths + low)
        return limited(num_positions, lengths, most=self.output[0])


def window_geometry(layer_spec: SlidingSpec, context: BuildContext) -> WindowGeometry:
    """Return the geometry of a layer's window.

    Raises:
        InputError: the input has the wrong number of axes, or no window fits. The
            message lists all faults.
    """
    check_rank(layer_spec, context)
    rank, space = layer_spec.rank, context.input_shape[:-1]
    size = one_per_axis(layer_spec.size, rank)
    stride = layer_spec.size if layer_spec.stride is None else layer_spec.stride
    strides = one_per_axis(stride, rank)
    dilation = one_per_axis(getattr(layer_spec, "dilation", 1), rank)
    window = WindowGeometry(
        space,
        size,
        strides,
        _padding(layer_spec.padding, (space, size, strides, dilation)),
        dilation,
        same=layer_spec.padding in ("same", "same_lower"),
        round_up=getattr(layer_spec, "ceil_mode", False),
    )
    _check(window, layer_spec, context)
    return window


def check_rank(layer_spec: spec.Window, context: BuildContext) -> None:
    """Raise an InputError unless the input has as many spatial axes as the window."""
    shape, rank = context.input_shape, layer_spec.rank
    if len(shape) == rank + 1:
        return
    if len(shape) == 1:
        fix = (
            f"Put Reshape({_SHAPES_TO_PASTE[rank]}) before this layer, with the sizes "
            "of your data."
        )
    elif len(shape) == rank:
        fix = f"Put Reshape({(*shape, 1)}) before this layer."
    else:
        name = type(layer_spec).__name__.replace(f"{rank}D", f"{len(shape) - 1}D")
        reshape = "Put Reshape(...) before this layer."
        fix = f"Use {name}." if len(shape) < 5 else reshape
    rule = f"{layer_spec.kind}.input_shape == {_INPUTS[rank]}"
    raise InputError(context.fault(rule, "input_shape", shape, fix))


def pairs_per_axis(value: object, rank: int) -> tuple[tuple[int, int], ...]:
    """Return a pair (before, after) per axis. A single number applies to both sides.

    Example:
        >>> pairs_per_axis(((1, 2), 3), rank=2)
        ((1, 2), (3, 3))
    """
    rows: tuple[Any, ...] = value if isinstance(value, tuple) else (value,) * rank
    pairs = (row if isinstance(row, tuple) else (row, row) for row in rows)
    return tuple((before, after) for before, after in pairs)


def one_per_axis(value: object, rank: int) -> tuple[int, ...]:
    """Return one number per axis. A single number applies to all axes."""
    if isinstance(value, tuple):
        return value
    return (int(value),) * rank  # type: ignore[call-overload]


def _padding(
    padding: object, numbers: tuple[Sequence[int], ...]
) -> tuple[tuple[int, int], ...]:
    """Return the number of zeros (before, after) along each axis.

    Args:
        padding: padding as specified by the user.
        numbers: space, size, stride and dilation along each axis.
    """
    if padding in ("same", "same_lower"):
        lower = padding == "same_lower"
        axes = zip(*numbers, strict=True)
        return tuple(
            ops.same_padding(w, f, s, dilation=d, lower=lower) for w, f, s, d in axes
        )
    if padding == "causal":
        pairs = zip(numbers[1], numbers[3], strict=True)
        return tuple((d * (f - 1), 0) for f, d in pairs)
    return pairs_per_axis(0 if padding == "valid" else padding, len(numbers[0]))


def _check(
    window: WindowGeometry, layer_spec: SlidingSpec, context: BuildContext
) -> None:
    faults = Faults()
    axes = zip(window.space, window.padding, strict=True)
    padded = tuple(w + sum(p) for w, p in axes)
    axes = zip(window.dilation, window.size, strict=True)
    reach = tuple(d * (f - 1) + 1 for d, f in axes)
    is_pool = isinstance(layer_spec, spec.Pooling)
    if any(r > w for r, w in zip(reach, padded, strict=True)):
        fix = f"The padded input is {shape_text(padded)}. "
        if reach != window.size:
            fix += f"The dilated kernel covers {shape_text(reach)}. "
        fix += f"Use a smaller {'window' if is_pool else 'kernel'} or more padding."
        rule = "size <= input + padding"
        faults.add(context.fault(rule, "size", layer_spec.size, fix))
    pairs = zip(window.padding, reach, strict=True)
    if is_pool and any(2 * max(p) > r for p, r in pairs):
        fix = "Use at most half the window size, so that each window has a real value."
        rule = "padding <= size / 2"
        faults.add(context.fault(rule, "padding", layer_spec.padding, fix))
    elif is_pool and not faults.messages and not _all_windows_are_real(window):
        fix = "Use less padding or a smaller dilation."
        rule = "every window has a real value"
        faults.add(context.fault(rule, "dilation", layer_spec.dilation, fix))
    faults.raise_if_any()


def _all_windows_are_real(window: WindowGeometry) -> bool:
    """Return whether every window has an element within the input."""
    axes = zip(window.space, window.output, window.stride, strict=True)
    for axis, (size, num_positions, step) in enumerate(axes):
        start = np.arange(num_positions)[:, None] * step - window.padding[axis][0]
        row = start + np.arange(window.size[axis]) * window.dilation[axis]
        if not ((row >= 0) & (row < size)).any(axis=1).all():
            return False
    return True
