"""A schedule that depends on a measured value, such as the val cost."""

from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Float, Int

from assay import spec
from assay.optim._scalar import Scalar
from assay.optim.schedules._schedule import Iteration, implements, progress_of

__all__ = ["Plateau", "on_plateau", "start_plateau", "update_plateau"]


class Plateau(NamedTuple):
    """The state of the `on_plateau` schedule.

    Args:
        best: () lowest value so far.
        stale_epochs: () number of epochs since the last improvement or drop.
        factor: () current factor of the learning rate.
    """

    best: Float[Array, ""]
    stale_epochs: Int[Array, ""]
    factor: Float[Array, ""]


def start_plateau() -> Plateau:
    """Return the state before the first epoch.

    Example:
        >>> float(start_plateau().factor)
        1.0
    """
    return Plateau(jnp.asarray(jnp.inf), jnp.zeros((), jnp.int32), jnp.ones(()))


def update_plateau(
    state: Plateau, value: Scalar, *, patience_epochs: Scalar, decay: Scalar
) -> Plateau:
    """Update the state after an epoch and drop the rate if progress has stalled.

    Args:
        state: state from `start_plateau` or from the previous epoch.
        value: () measured value to minimize, such as the val cost; nan does not count
            as an improvement.
        patience_epochs: number of epochs without improvement to tolerate; the rate
            drops after one more.
        decay: factor by which each drop multiplies the rate.

    Returns:
        The new state, whose factor applies to the next epoch.

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


@implements(spec.OnPlateau, stateful=True)
def on_plateau(
    iteration: Iteration,
    total_iterations: Scalar,
    *,
    patience_epochs: Scalar,
    decay: Scalar,
) -> Float[Array, "*n"]:
    """Return the initial factor of `OnPlateau`, which is 1.

    Later factors depend on measured values and are stored in the `Plateau` state, which
    `update_plateau` updates after each epoch.

    Args:
        iteration: () or (n,), zero-based iteration numbers.
        total_iterations: > 0, total number of training iterations.
        patience_epochs: number of epochs without improvement to tolerate.
        decay: factor by which each drop multiplies the rate.

    Returns:
        Ones with the same shape as `iteration`.

    Example:
        >>> float(on_plateau(7, 10, patience_epochs=5, decay=0.1))
        1.0
    """
    del patience_epochs, decay
    return jnp.ones_like(progress_of(iteration, total_iterations))
