"""Advances several fits of the same program in a single call."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

import jax
import numpy as np

from assay.training._arrays import Array, host_array
from assay.training._jax import to_host, tree_map
from assay.training.fit._batch_sources import InMemory
from assay.training.fit._fit import Fit

__all__ = ["advance_together", "call_together", "can_advance_together"]

Tree = TypeVar("Tree")
Call = Callable[[Sequence[Fit], int], float]


def can_advance_together(fits: Sequence[Fit]) -> bool:
    """Return whether fits share a program and a length, and keep all rows in memory."""
    first = fits[0]
    return all(
        isinstance(fit.batch_source, InMemory)
        and fit.program is first.program
        and fit.num_iterations == first.num_iterations
        and fit.iterations_per_epoch == first.iterations_per_epoch
        for fit in fits
    )


def advance_together(
    fits: Sequence[Fit],
    epoch: int | None = None,
    *,
    size: int,
    has_time: Callable[[], bool] = lambda: True,
    next_goal: Callable[[int], int] = lambda last: last,
    on_call: Callable[[int, float], None] = lambda before, seconds: None,
    call: Call | None = None,
) -> None:
    """Advance all fits to the end of an epoch in vectorized calls.

    The results match those of separate fits up to rounding. Rounding differs because
    each matrix product is computed for all fits together.

    Args:
        fits: fits that satisfy `can_advance_together`. All unfinished fits must be at
            the same iteration.
        epoch: number of epochs to complete; None to run to completion.
        size: number of fits for which the program is compiled, at least len(fits).
            Unused slots are filled with stopped copies of a fit.
        has_time: function called before each program call. Training pauses when
            it returns False.
        next_goal: function that takes the iteration to stop at and returns the
            iteration at which the next call must end.
        on_call: function called after each program call with the iteration at which the
            call began and its duration in seconds.
        call: function that advances fits toward an iteration and returns the duration;
            by default, `call_together`.
    """
    call = call or partial(_timed_call, size=size)
    last = fits[0].num_iterations
    if epoch is not None:
        last = min(last, epoch * fits[0].iterations_per_epoch)
    while live := [fit for fit in fits if not fit.done and fit.iteration < last]:
        if not has_time():
            return
        goal = next_goal(last)
        before = live[0].iteration
        seconds = call(live, goal)
        if all(fit.iteration == before for fit in live):  # stopped
            return
        on_call(before, seconds)


def _timed_call(live: Sequence[Fit], last: int, *, size: int) -> float:
    started = time.monotonic()
    call_together(live, last, size=size)
    return time.monotonic() - started


def call_together(live: Sequence[Fit], last: int, *, size: int) -> None:
    """Call the program once for fits that are at the same iteration.

    Args:
        live: unfinished fits that satisfy `can_advance_together`.
        last: iteration to stop at; the call may end earlier.
        size: number of fits for which the program is compiled.
    """
    first, spare = live[0], size - len(live)
    start = first.iteration
    last = min(last, first.next_stop)
    data, batches = first.batch_source.batches_from(start, last)
    each = [fit.batch_source.batches_from(start, last)[1].orders for fit in live]
    orders = np.stack(to_host(each + each[:1] * spare))
    stopped = first.state._replace(stopped=host_array(np.True_))
    states = [fit.state for fit in live] + [stopped] * spare
    values = [fit.hyperparameters for fit in live] + [first.hyperparameters] * spare
    state, records = to_host(
        first.program.advance_members(
            _stacked(states),
            _stacked(values),
            data,
            batches._replace(orders=host_array(orders)),
        )
    )
    for place, fit in enumerate(live):
        own, rows = _member(state, place), _member(records, place)
        fit.take(own, rows, start=start, stop=int(batches.stop))


def _stacked(trees: Sequence[Tree]) -> Tree:
    def stack(*leaves: Array) -> np.ndarray:
        return np.stack(leaves)

    return jax.tree.map(stack, *map(to_host, trees))


def _member(tree: Tree, place: int) -> Tree:
    return tree_map(lambda leaf: leaf[place], tree)
