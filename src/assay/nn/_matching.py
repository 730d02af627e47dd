"""Layers and parameters picked by name or pattern."""

from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

__all__ = ["is_picked"]


def is_picked(path: Sequence[str], patterns: Iterable[str]) -> bool:
    """Tell whether a pattern matches a path in a model, or a layer on the way to it.

    Args:
        path: names from the outermost layer inwards.
        patterns: as in a shell: * for any text, ? for a letter, [12] for one of some.

    Example:
        >>> is_picked(["conv1", "kernel"], ["conv*"])
        True
        >>> is_picked(["residual1", "conv1", "kernel"], ["conv*"])
        False
        >>> is_picked(["conv1", "bias"], ["*.bias"])
        True
    """
    ways = [".".join(path[:end]) for end in range(1, len(path) + 1)]
    return any(fnmatchcase(way, pattern) for pattern in patterns for way in ways)
