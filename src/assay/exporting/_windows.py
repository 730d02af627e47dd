"""What translators need to know about the windows of pooling layers."""

from typing import Any

__all__ = ["Pairs", "extended_padding", "is_plain", "rows_beyond"]

Pairs = tuple[tuple[int, int], ...]
"""Rows before and after each axis of space."""


def rows_beyond(window: Any) -> tuple[int, ...]:
    """Return how many rows the last window reaches beyond the padding, by axis.

    Only a number of windows that is rounded up reaches beyond it.
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
        max((places - 1) * s + d * (f - 1) + 1 - w - low - high, 0)
        for w, places, f, s, (low, high), d in axes
    )


def is_plain(window: Any) -> bool:
    """Return whether a window has no gaps and stays within the padded input."""
    return not window.has_gaps and not any(rows_beyond(window))


def extended_padding(window: Any) -> Pairs:
    """Return the padding with the rows beyond it that the last windows reach."""
    pairs = zip(window.padding, rows_beyond(window), strict=True)
    return tuple((low, high + rows) for (low, high), rows in pairs)
