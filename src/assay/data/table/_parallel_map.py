"""Calls a function side by side, where it waits or computes outside of Python."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

__all__ = ["each"]


def each(
    function: Callable[[Any], Any], items: Iterable[Any], num_threads: int | None
) -> list[Any]:
    """Return what a function makes of each item, in their order."""
    if num_threads == 1:
        return [function(item) for item in items]
    with ThreadPoolExecutor(num_threads) as pool:
        return list(pool.map(function, items))
