"""The loop of the compiled program: a call runs epochs, an epoch runs iterations.

Where it starts and stops are inputs, so one iteration, one epoch and a whole training
are the same code, and give the same bits.
"""

from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from assay.optim import schedules
from assay.regularize import patience
from assay.training.program._evaluate import measure
from assay.training.program._iteration import ITERATION_FIELDS, iterate, take_batch
from assay.training.program._state import Best, State
from assay.training.program._static import Static
from assay.training.rows._examples import Examples
from assay.training.rows._streamed import Chunk

__all__ = ["EPOCH_FIELDS", "MEMBERS", "Batches", "Records", "advance"]

EPOCH_FIELDS = ("train_cost", "train_score", "val_cost", "val_score")
MEMBERS = "member"  # the axis of several trainings run at once


class Batches(NamedTuple):
    """Which iterations are run, counted from the training's start, on which rows.

    Args:
        orders: (epochs, batches * batch_size), the rows of each epoch in order.
        start: first iteration.
        stop: the iteration to stop before.
        first_epoch: the epoch that orders[0] belongs to.
    """

    orders: Any
    start: Any
    stop: Any
    first_epoch: Any


class Records(NamedTuple):
    """What one call wrote down: a row an iteration, and a row an epoch."""

    iterations: jax.Array
    epochs: jax.Array


def advance(
    static: Static,
    state: State,
    hyper: Any,
    *,
    data: tuple[Examples | Chunk, Examples],
    batches: Batches,
    members: bool = False,
) -> tuple[State, Records]:
    """Run the iterations of a span.

    Args:
        plan: what is fixed.
        state: of the training so far.
        hyper: tree of hyper-parameters.
        data: train, or the chunk of it that the span lies in, and val.
        batches: which are run, in what order.
        members: whether this is one of several trainings mapped over `MEMBERS`.
    """
    train, _ = data
    orders, start, stop, first = batches
    per_epoch = (train.count + static.batch_size - 1) // static.batch_size
    started = start // per_epoch

    def goes_on(carry: Any) -> Any:
        state, _, position = carry
        stopped = state.stopped
        if members:  # the loop goes on while any member does
            stopped = jax.lax.pmin(stopped.astype(jnp.int32), MEMBERS) > 0
        return (position < stop) & ~stopped

    def epoch(carry: Any) -> Any:
        before, records, position = carry
        number = position // per_epoch
        begin = number * per_epoch
        end = jnp.minimum(stop, begin + per_epoch)
        order = jax.lax.dynamic_index_in_dim(orders, number - first, keepdims=False)

        def iteration(index: Any, inner: Any) -> Any:
            state, rows = inner
            batch = take_batch(train, order, index - begin, static.batch_size)
            state, row = iterate(static, state, hyper, batch, index=index)
            # not `rows.at`, whose checks of the index are steps of their own
            place = index - start
            return state, jax.lax.dynamic_update_index_in_dim(rows, row, place, 0)

        inner = (before, records.iterations)
        state, rows = jax.lax.fori_loop(position, end, iteration, inner)
        state, row = jax.lax.cond(
            end % per_epoch == 0,
            lambda state: _close_epoch(static, state, hyper, data, end=end),
            lambda state: (state, jnp.full(len(EPOCH_FIELDS), jnp.nan)),
            state,
        )
        after = state, Records(rows, records.epochs.at[number - started].set(row))
        if members:  # one that has stopped stays as it was, and writes nothing
            old = before, records
            after = jax.tree.map(partial(jnp.where, before.stopped), old, after)
        return *after, end

    carry = (state, _blank(orders, static.batch_size), start)
    state, records, _ = jax.lax.while_loop(goes_on, epoch, carry)
    return state, records


def _blank(orders: jax.Array, batch_size: int) -> Records:
    num_epochs, width = orders.shape
    batches = num_epochs * width // batch_size
    return Records(
        jnp.full((batches, len(ITERATION_FIELDS)), jnp.nan, jnp.float32),
        jnp.full((num_epochs, len(EPOCH_FIELDS)), jnp.nan, jnp.float32),
    )


def _close_epoch(
    static: Static,
    state: State,
    hyper: Any,
    data: tuple[Examples | Chunk, Examples],
    *,
    end: Any,
) -> tuple[State, jax.Array]:
    """Measure train and val, and let the rules that watch val judge."""
    model = static.packing.unpack(state.parameters), state.statistics
    row = jnp.concatenate([measure(static, model, hyper, p.leading) for p in data])
    val_cost = row[EPOCH_FIELDS.index("val_cost")]
    state = state._replace(stopped=state.stopped | (state.diverged_at >= 0))
    if state.plateau is not None:
        # the refit has no val part: there the train cost is what is watched
        watched = jnp.where(data[1].count > 0, val_cost, row[0])
        plateau = schedules.update_plateau(state.plateau, watched, **hyper["schedule"])
        state = state._replace(plateau=plateau)
    if state.best is None:
        return state, row
    improved, stale, stop = patience(
        val_cost,
        state.best.val_cost,
        state.stale_epochs,
        **hyper["regularizers"]["early_stopping"],
    )
    now = Best(state.parameters, state.statistics, val_cost, end)
    best = jax.tree.map(lambda a, b: jnp.where(improved, a, b), now, state.best)
    stopped = state.stopped | (stop & (data[1].count > 0))
    return state._replace(best=best, stale_epochs=stale, stopped=stopped), row
