"""Computes the output sizes of sliding windows in plain Python.

A window of size F that slides with stride S over an input of size W with padding P on
both sides stops at (W - F + 2P) / S + 1 positions.
"""

from collections.abc import Sequence
from typing import NamedTuple

from assay._errors import Faults, InputError, fault

__all__ = [
    "Slide",
    "output_size",
    "same_padding",
    "slide",
    "transposed_output_size",
]


class Slide(NamedTuple):
    """The positions of a sliding window along one dimension.

    Attributes:
        output_size: number of positions of the window.
        dropped: number of rows at the end of the padded input that no window covers.
        formula: formula for the output size with numbers filled in, such as
            "(5 - 3 + 2*1)/2 + 1 = 3".
    """

    output_size: int
    dropped: int
    formula: str


def slide(
    size: int,
    window: int,
    stride: int = 1,
    padding: int | Sequence[int] = 0,
    *,
    dilation: int = 1,
    round_up: bool = False,
) -> Slide:
    """Count the positions of a sliding window along one dimension.

    A dilation of D spreads the window over D * (F - 1) + 1 rows. The number of
    positions is rounded down, as in PyTorch, Keras and JAX. The remainder of the
    division is `dropped`. If the number is rounded up, the last window extends beyond
    the padded input but starts before the padding at the end.

    Args:
        size: W, size of the input, >= 1.
        window: F, size of the kernel or pooling window, >= 1.
        stride: S, distance in rows between neighboring positions, >= 1.
        padding: P, rows added on both sides, or a pair (before, after).
        dilation: D, distance in rows between neighboring kernel elements, >= 1.
        round_up: whether to round up instead of down.

    Returns:
        The number of positions, the number of dropped rows and the formula.

    Raises:
        InputError: a number is out of range, or no window fits.

    Example:
        >>> slide(5, 3, stride=2, padding=1)
        Slide(output_size=3, dropped=0, formula='(5 - 3 + 2*1)/2 + 1 = 3')
        >>> slide(6, 3, stride=2).dropped
        1
        >>> slide(6, 3, stride=2, round_up=True).output_size
        3
    """
    low, high = (padding, padding) if isinstance(padding, int) else padding
    _check_slide(size, window, stride, (low, high), dilation=dilation)
    reach = dilation * (window - 1) + 1
    room = size + low + high - reach
    if room < 0:
        raise InputError(
            fault(
                "window <= size + padding",
                "window",
                reach,
                f"The padded input has {size + low + high} rows. "
                "Use a smaller window or more padding.",
            )
        )
    num_positions = room // stride + 1
    rounded_up = bool(
        round_up and room % stride and num_positions * stride < size + low
    )
    num_positions += rounded_up
    pad = f"2*{low}" if low == high else f"{low} + {high}"
    text = f"({size} - {reach} + {pad})/{stride} + 1 = {num_positions}"
    if rounded_up:
        return Slide(num_positions, 0, f"{text}, rounded up")
    dropped = room % stride
    return Slide(num_positions, dropped, f"{text}, rounded down" if dropped else text)


def _check_slide(
    size: int,
    window: int,
    stride: int,
    padding: tuple[int, int],
    *,
    dilation: int,
) -> None:
    faults = Faults()
    for name, value in (
        ("size", size),
        ("window", window),
        ("stride", stride),
        ("dilation", dilation),
    ):
        if value < 1:
            faults.add(fault(f"{name} >= 1", name, value, "Write 1 or more."))
    if min(padding) < 0:
        faults.add(fault("padding >= 0", "padding", padding, "Write 0 or more."))
    faults.raise_if_any()


def output_size(
    size: int,
    window: int,
    stride: int = 1,
    padding: int | Sequence[int] = 0,
    *,
    dilation: int = 1,
) -> int:
    """Return (W - F + 2P)/S + 1, rounded down; F is the size of the dilated window.

    Example:
        >>> output_size(32, 3, padding=1)
        32
        >>> output_size(32, 2, stride=2)
        16
    """
    return slide(size, window, stride, padding, dilation=dilation).output_size


def transposed_output_size(
    size: int,
    window: int,
    stride: int = 1,
    padding: int | Sequence[int] = 0,
    *,
    dilation: int = 1,
    output_padding: int = 0,
) -> int:
    """Return (W - 1) S - 2P + D (F - 1) + 1 + output_padding.

    A convolution with the same arguments maps an input of the returned size to `size`.
    If S > 1, it maps several input sizes to `size`; `output_padding` selects one.

    Example:
        >>> transposed_output_size(16, 2, stride=2)
        32
    """
    low, high = (padding, padding) if isinstance(padding, int) else padding
    _check_slide(size, window, stride, (low, high), dilation=dilation)
    grown = (size - 1) * stride - low - high + dilation * (window - 1) + 1
    result = grown + output_padding
    if result < 1:
        fix = f"The output would have {result} rows; use less padding."
        raise InputError(fault("output size >= 1", "padding", (low, high), fix))
    return result


def same_padding(
    size: int, window: int, stride: int = 1, *, dilation: int = 1, lower: bool = False
) -> tuple[int, int]:
    """Return the padding (before, after) for an output of ceil(size / stride) rows.

    If the total is odd, the extra row is at the end, as in TensorFlow and Keras,
    or at the start if `lower` is true, as with "SAME_LOWER" in ONNX.

    Example:
        >>> same_padding(32, 3), same_padding(32, 4), same_padding(32, 4, lower=True)
        ((1, 1), (1, 2), (2, 1))
    """
    _check_slide(size, window, stride, (0, 0), dilation=dilation)
    num_positions = -(-size // stride)
    total = max((num_positions - 1) * stride + dilation * (window - 1) + 1 - size, 0)
    less, more = total // 2, total - total // 2
    return (more, less) if lower else (less, more)
