"""Parallel calls of a function that waits for a disk or releases the GIL."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["map_parallel"]

Item = TypeVar("Item")
Result = TypeVar("Result")


def map_parallel(
    function: Callable[[Item], Result], items: Iterable[Item], num_threads: int | None
) -> list[Result]:
    """Return the results of a function for each item, in their order.

    Args:
        function: called once per item.
        items: its arguments.
        num_threads: 1 calls it in this thread; None lets Python choose.
    """
    if num_threads == 1:
        return [function(item) for item in items]
    with ThreadPoolExecutor(num_threads) as pool:
        return list(pool.map(function, items))
