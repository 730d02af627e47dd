"""A scan over the steps of padded sequences."""

from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
from jax import lax

__all__ = ["Inputs", "Outputs", "State", "scan_steps"]

# The input's contribution to the gates (n, t, gates), the weights used at every step,
# and the tuple of initial states.
Inputs = tuple[jax.Array, tuple[jax.Array, ...], Any]
# The visible states (n, t, h) and the tuple of last states.
Outputs = tuple[jax.Array, Any]

State = TypeVar("State")


def scan_steps(
    step: Callable[[State, jax.Array], State],
    initial: State,
    projected: jax.Array,
    *,
    lengths: jax.Array | None,
    reverse: bool,
) -> tuple[jax.Array, State]:
    """Scan a step over t. Padded steps leave the state unchanged and output zeros."""
    projected = jnp.swapaxes(projected, 0, 1)
    num_steps = projected.shape[0]

    def visible(state: State) -> jax.Array:
        return jax.tree.leaves(state)[0]

    def plain(state: State, row: jax.Array) -> tuple[State, jax.Array]:
        state = step(state, row)
        return state, visible(state)

    def masked(
        state: State, rows: tuple[jax.Array, jax.Array]
    ) -> tuple[State, jax.Array]:
        real = rows[1][:, None]
        new = step(state, rows[0])
        state = jax.tree.map(lambda a, b: jnp.where(real, a, b), new, state)
        return state, jnp.where(real, visible(state), 0)

    if lengths is None:
        last, outputs = lax.scan(plain, initial, projected, reverse=reverse)
    else:
        real = jnp.arange(num_steps)[:, None] < lengths[None]
        last, outputs = lax.scan(masked, initial, (projected, real), reverse=reverse)
    return jnp.swapaxes(outputs, 0, 1), last
