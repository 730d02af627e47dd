"""Several trainings of one program, advanced by one call for all of them."""

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from assay.training.fit._batch_sources import InMemory
from assay.training.fit._fit import Fit
from assay.training.program._epochs import Batches

__all__ = ["advance_together", "can_go_together"]


def can_go_together(fits: Sequence[Fit]) -> bool:
    """Whether trainings share their program, data and length, all held in memory."""
    first = fits[0]
    return all(
        isinstance(fit.feed, InMemory)
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
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Train until an epoch is complete in all, or to the end, mapped over an axis.

    The results equal those of each by itself up to rounding, as the products of
    matrices are taken for all members at once.

    Args:
        fits: that `can_go_together`; those not done are at one iteration.
        epoch: None for the end.
        size: members the program is compiled for, at least len(fits); the places
            that are left stand still.
        goes_on: asked between calls of the program.
    """
    program = fits[0].program
    last = fits[0].num_iterations
    if epoch is not None:
        last = min(last, epoch * fits[0].iterations_per_epoch)
    while live := [fit for fit in fits if not fit.done and fit.iteration < last]:
        if not goes_on():
            return
        start = live[0].iteration
        data, batches = live[0].feed.span(start, last)
        spans = [fit.feed.span(start, last)[1].orders for fit in live]
        idle = size - len(live)
        still = live[0].state._replace(stopped=np.True_)
        states = [fit.state for fit in live] + [still] * idle
        hypers = [fit.hyper for fit in live + live[:1] * idle]
        orders = np.stack(jax.device_get(spans + spans[:1] * idle))
        state, records = jax.device_get(
            program.advance_members(
                _stacked(states), _stacked(hypers), data, Batches(orders, *batches[1:])
            )
        )
        for place, fit in enumerate(live):
            own, rows = _member(state, place), _member(records, place)
            fit.take(own, rows, start=start, stop=int(batches.stop))


def _stacked(trees: Sequence[Any]) -> Any:
    return jax.tree.map(lambda *leaves: np.stack(leaves), *map(jax.device_get, trees))


def _member(tree: Any, place: int) -> Any:
    return jax.tree.map(lambda leaf: leaf[place], tree)
