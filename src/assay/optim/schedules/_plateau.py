"""The schedule that follows a measured value."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from assay.optim.schedules._schedule import Number, Schedule, progress_of

__all__ = ["ON_PLATEAU", "Plateau", "on_plateau", "start_plateau", "update_plateau"]


class Plateau(NamedTuple):
    """What `on_plateau` remembers from one epoch to the next.

    Args:
        best: () the least value so far.
        stale_epochs: () epochs since then, or since the last drop.
        factor: () the factor on the learning rate now.
    """

    best: jax.Array
    stale_epochs: jax.Array
    factor: jax.Array


def start_plateau() -> Plateau:
    """Return the state before the first epoch.

    Example:
        >>> float(start_plateau().factor)
        1.0
    """
    return Plateau(jnp.asarray(jnp.inf), jnp.zeros((), jnp.int32), jnp.ones(()))


def update_plateau(
    state: Plateau, value: Number, *, patience_epochs: Number = 5, decay: Number = 0.1
) -> Plateau:
    """Take in the value measured after an epoch and drop the rate if it is stuck.

    Args:
        state: from `start_plateau`, or from the epoch before.
        value: () to be minimized, such as the val cost; nan is no improvement.
        patience_epochs: >= 0, epochs without improvement that are borne; the next
            one drops the rate.
        decay: in (0, 1], what each drop leaves.

    Returns:
        The new state; its factor holds for the next epoch.

    Example:
        >>> state = start_plateau()
        >>> for value in (3.0, 2.0, 2.5, 2.0):
        ...     state = update_plateau(state, value, patience_epochs=1, decay=0.5)
        >>> float(state.best), float(state.factor)
        (2.0, 0.5)
    """
    improved = value < state.best
    stale_epochs = jnp.where(improved, 0, state.stale_epochs + 1)
    stuck = stale_epochs > patience_epochs
    return Plateau(
        best=jnp.where(improved, value, state.best).astype(state.best.dtype),
        stale_epochs=jnp.where(stuck, 0, stale_epochs),
        factor=state.factor * jnp.where(stuck, decay, 1).astype(state.factor.dtype),
    )


def on_plateau(
    iteration: Number,
    total_iterations: Number,
    *,
    patience_epochs: Number = 5,
    decay: Number = 0.1,
) -> jax.Array:
    """Drop the learning rate once a measured value has stopped improving.

    Needs no plan of when. The factor depends on what is measured: it is that of the
    `Plateau` state, updated by `update_plateau` after each epoch, and this function
    gives the 1 it starts from.

        factor = factor * decay once more than patience_epochs epochs in a row were
        not better than the best

    Args:
        iteration: () or (n,), from 0.
        total_iterations: > 0.
        patience_epochs: >= 0, epochs without improvement that are borne.
        decay: in (0, 1], what each drop leaves.

    Returns:
        Ones in the shape of iteration.

    Example:
        >>> float(on_plateau(7, 10))
        1.0

    References:
        Goodfellow et al., Deep Learning, 2016, section 8.3.1.
    """
    del patience_epochs, decay
    return jnp.ones_like(progress_of(iteration, total_iterations))


ON_PLATEAU = Schedule(
    "on_plateau",
    "factor·decay once more than patience_epochs epochs in a row did not improve",
    {"patience_epochs": 5, "decay": 0.1},
    on_plateau,
    stateful=True,
)
