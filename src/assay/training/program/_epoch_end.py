"""Measurements and early stopping at the end of each epoch.

Early stopping and the on-plateau schedule, which are defined in `assay.regularize` and
`assay.optim.schedules`, depend on the costs measured here.
"""

import math

import jax.numpy as jnp
from jaxtyping import Float

from assay.optim import schedules
from assay.regularize import patience
from assay.training._arrays import Array, Count, Flag, Scalar
from assay.training._jax import full, tree_map
from assay.training.network._model_state import ModelState
from assay.training.program._evaluate import measure
from assay.training.program._hyperparameters import Hyperparameters
from assay.training.program._state import Best, State
from assay.training.program._static import Static
from assay.training.rows._streamed import Data

__all__ = ["EPOCH_FIELDS", "close_epoch"]

EPOCH_FIELDS = ("train_cost", "train_score", "val_cost", "val_score")


def close_epoch(
    static: Static,
    state: State,
    hyperparameters: Hyperparameters,
    data: Data,
    *,
    end: Count,
) -> tuple[State, Float[Array, " fields"]]:
    """Measure train and val, then apply the rules that depend on their costs.

    Args:
        static: settings that are fixed at trace time.
        state: state after the last iteration of the epoch.
        hyperparameters: hyperparameters of the fit.
        data: train (or its last chunk) and val.
        end: number of iterations so far.

    Returns:
        The new state and a row of `EPOCH_FIELDS`, which are nan if epochs are not
        measured.
    """
    row = full(len(EPOCH_FIELDS), math.nan)
    if static.measures:
        model = ModelState(static.packing.unpack(state.parameters), state.statistics)
        measured = [measure(static, model, hyperparameters, p.leading) for p in data]
        row = jnp.concatenate(measured)
    train_cost = row[EPOCH_FIELDS.index("train_cost")]
    val_cost = row[EPOCH_FIELDS.index("val_cost")]
    has_val = data[1].count > 0
    state = state._replace(stopped=state.stopped | (state.diverged_at >= 0))
    if state.plateau is not None:
        # A refit has no validation set, so its schedule uses the training cost.
        followed = jnp.where(has_val, val_cost, train_cost)
        plateau = schedules.update_plateau(
            state.plateau, followed, **hyperparameters.schedule
        )
        state = state._replace(plateau=plateau)
    if state.best is not None:
        state = _stop_early(
            state, state.best, hyperparameters, val_cost, end=end, has_val=has_val
        )
    return state, row


def _stop_early(
    state: State,
    best: Best,
    hyperparameters: Hyperparameters,
    val_cost: Scalar,
    *,
    end: Count,
    has_val: Flag,
) -> State:
    """Keep the best parameters and stop if the val cost no longer improves."""
    improved, stale_epochs, stop = patience(
        val_cost,
        best.val_cost,
        state.stale_epochs,
        **hyperparameters.regularizers["early_stopping"],
    )
    now = Best(state.parameters, state.statistics, val_cost, end)
    return state._replace(
        best=tree_map(lambda a, b: jnp.where(improved, a, b), now, best),
        stale_epochs=stale_epochs,
        stopped=state.stopped | (stop & has_val),
    )
