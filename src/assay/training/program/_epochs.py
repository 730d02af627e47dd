"""The compiled loop over epochs and their iterations.

The range of iterations is an input to the loop. Therefore, a single iteration, an epoch
and a whole fit run the same code, and their results are bit-for-bit identical.
"""

import math
from functools import partial
from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Float, Int

from assay.training._arrays import Array, Count, Flag
from assay.training._jax import (
    cond,
    fori_loop,
    full,
    pmin,
    quotient,
    row_of,
    tree_map,
    while_loop,
    with_row,
)
from assay.training.program._epoch_end import EPOCH_FIELDS, close_epoch
from assay.training.program._hyperparameters import Hyperparameters
from assay.training.program._state import State
from assay.training.program._static import Static
from assay.training.program.iteration._batch import take_batch
from assay.training.program.iteration._iteration import ITERATION_FIELDS, iterate
from assay.training.rows._streamed import Data

__all__ = ["MEMBERS", "Batches", "Records", "advance"]

MEMBERS = "member"  # axis of the fits that share one call


class Batches(NamedTuple):
    """The iterations to run, counted from the start of the fit, and their rows.

    Args:
        orders: (epochs, batches * batch_size), row order of each epoch.
        start: first iteration.
        stop: iteration at which to stop (exclusive).
        first_epoch: epoch of orders[0].
        per_epoch: number of iterations in an epoch.
    """

    orders: Int[Array, "epochs positions"]
    start: Count
    stop: Count
    first_epoch: Count
    per_epoch: Count


class Records(NamedTuple):
    """The records of a call, with one row per iteration and one row per epoch."""

    iterations: Float[Array, "iterations fields"]
    epochs: Float[Array, "epochs fields"]


Carry = tuple[State, Records, Count]  # carry of the epoch loop, which counts epochs
Inner = tuple[State, Float[Array, "iterations fields"]]  # carry of the inner loop


def advance(
    static: Static,
    state: State,
    hyperparameters: Hyperparameters,
    *,
    data: Data,
    batches: Batches,
    members: bool = False,
) -> tuple[State, Records]:
    """Run a range of iterations.

    Args:
        static: settings that are fixed at trace time.
        state: current state of the fit.
        hyperparameters: hyperparameters of the fit.
        data: train (or its current chunk) and val.
        batches: iterations to run, and their row orders.
        members: whether this is one of several fits mapped over `MEMBERS`.
    """
    train, _ = data
    orders, start, stop, first, per_epoch = batches
    started = quotient(start, per_epoch)

    def continues(carry: Carry) -> Flag:
        state, _, number = carry
        position = jnp.maximum(start, number * per_epoch)
        return (position < stop) & ~_all_stopped(state, members)

    def run_epoch(carry: Carry) -> Carry:
        before, records, number = carry
        begin = number * per_epoch
        position, whole_epoch = jnp.maximum(start, begin), begin + per_epoch
        end = jnp.minimum(stop, whole_epoch)
        order = row_of(orders, number - first)

        def run_iteration(index: Count, inner: Inner) -> Inner:
            state, rows = inner
            batch = take_batch(train, order, index - begin, static.batch_size)
            state, row = iterate(static, state, hyperparameters, batch, index=index)
            return state, with_row(rows, row, index - start)

        inner = (before, records.iterations)
        state, rows = fori_loop(position, end, run_iteration, inner)
        state, row = cond(
            end == whole_epoch,
            lambda state: close_epoch(static, state, hyperparameters, data, end=end),
            lambda state: (state, full(len(EPOCH_FIELDS), math.nan)),
            state,
        )
        after = state, Records(rows, with_row(records.epochs, row, number - started))
        if members:  # a stopped member keeps its state and records nothing
            old = before, records
            after = tree_map(partial(jnp.where, before.stopped), old, after)
        return *after, number + 1

    carry = (state, _blank(orders, static.batch_size), started)
    state, records, _ = while_loop(continues, run_epoch, carry)
    return state, records


def _all_stopped(state: State, members: bool) -> Flag:
    """Return whether the fit, or every one of its members, has stopped."""
    if not members:
        return state.stopped
    return pmin(state.stopped.astype(jnp.int32), MEMBERS) > 0


def _blank(orders: Int[Array, "epochs positions"], batch_size: int) -> Records:
    """Return records filled with nan, which marks iterations that have not run."""
    num_epochs, width = orders.shape
    batches = num_epochs * width // batch_size
    return Records(
        full((batches, len(ITERATION_FIELDS)), math.nan),
        full((num_epochs, len(EPOCH_FIELDS)), math.nan),
    )
