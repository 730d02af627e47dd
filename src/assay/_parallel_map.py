"""Runs functions in several threads, for I/O and for work that releases the GIL."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["AHEAD", "map_parallel"]

AHEAD = "assay-ahead"
"""Name prefix of threads that the command line does not wait for."""

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_parallel(
    function: Callable[[Item], Result], items: Iterable[Item], num_threads: int | None
) -> list[Result]:
    """Return the result of a function for each item, in order.

    Args:
        function: function to call for each item.
        items: the items.
        num_threads: number of threads; 1 to use only the current thread, None to use
            Python's default.
    """
    if num_threads == 1:
        return [function(item) for item in items]
    with ThreadPoolExecutor(num_threads) as pool:
        return list(pool.map(function, items))
