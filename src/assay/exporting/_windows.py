"""Properties of pooling windows, shared by the translators."""

from typing import Any

__all__ = ["Pairs", "extended_padding", "is_plain", "rows_beyond"]

Pairs = tuple[tuple[int, int], ...]
"""The number of padding rows (before, after) along each spatial axis."""


def rows_beyond(window: Any) -> tuple[int, ...]:
    """Return, for each axis, how many rows the last window extends beyond the padding.

    The result is 0 unless the number of windows is rounded up.
    """
    axes = zip(
        window.space,
        window.output,
        window.size,
        window.stride,
        window.padding,
        window.dilation,
        strict=True,
    )
    return tuple(
        max((num_positions - 1) * s + d * (f - 1) + 1 - w - low - high, 0)
        for w, num_positions, f, s, (low, high), d in axes
    )


def is_plain(window: Any) -> bool:
    """Return whether a window has no dilation and stays within the padded input."""
    return not window.has_gaps and not any(rows_beyond(window))


def extended_padding(window: Any) -> Pairs:
    """Return the padding, extended to the end of the last window along each axis."""
    pairs = zip(window.padding, rows_beyond(window), strict=True)
    return tuple((low, high + rows) for (low, high), rows in pairs)
