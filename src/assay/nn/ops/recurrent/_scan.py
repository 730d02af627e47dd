"""LSTM and GRU in plain JAX: a scan over the steps of padded sequences."""

from collections.abc import Callable
from typing import Any, TypeVar

import jax
import jax.numpy as jnp
from jax import lax

__all__ = ["Inputs", "Outputs", "State", "plain_gru", "plain_lstm", "scan_steps"]

# The input's contribution to the gates (n, t, gates), the weights used at every step,
# and the tuple of initial states.
Inputs = tuple[jax.Array, tuple[jax.Array, ...], Any]
# The visible states (n, t, h) and the tuple of last states.
Outputs = tuple[jax.Array, Any]

State = TypeVar("State")
Step = Callable[[State, jax.Array], State]


def plain_lstm(inputs: Inputs, lengths: jax.Array | None, reverse: bool) -> Outputs:
    """Run an LSTM over a sequence; see `lstm`."""
    projected, (kernel,), initial = inputs

    def step(
        state: tuple[jax.Array, jax.Array], projected: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        s, cell = state
        i, f, g, o = jnp.split(projected + s @ kernel, 4, axis=-1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jax.nn.sigmoid(o) * jnp.tanh(cell), cell

    return scan_steps(step, initial, projected, lengths=lengths, reverse=reverse)


def plain_gru(
    inputs: Inputs,
    lengths: jax.Array | None,
    reverse: bool,
    *,
    reset_after: bool = True,
) -> Outputs:
    """Run a GRU over a sequence; see `gru`."""
    projected, (kernel, recurrent_bias), initial = inputs
    inner, size = recurrent_bias[None], kernel.shape[0]
    gates, candidate_kernel = jnp.split(kernel, (2 * size,), axis=1)

    def step(state: tuple[jax.Array], projected: jax.Array) -> tuple[jax.Array]:
        (s,) = state
        r, z, n = jnp.split(projected, 3, axis=-1)
        from_state = s @ (kernel if reset_after else gates)
        u_r, u_z, u_n = jnp.split(from_state, (size, 2 * size), axis=-1)
        reset, update = jax.nn.sigmoid(r + u_r), jax.nn.sigmoid(z + u_z)
        if reset_after:
            candidate = jnp.tanh(n + reset * (u_n + inner))
        else:  # u_n is empty
            candidate = jnp.tanh(n + (reset * s) @ candidate_kernel + inner)
        return ((1 - update) * candidate + update * s,)

    return scan_steps(step, initial, projected, lengths=lengths, reverse=reverse)


def scan_steps(
    step: Callable[[State, jax.Array], State],
    initial: State,
    projected: jax.Array,
    *,
    lengths: jax.Array | None,
    reverse: bool,
) -> tuple[jax.Array, State]:
    """Scan a function over t. Padded steps leave the state unchanged and output 0."""
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
