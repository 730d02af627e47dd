"""Recurrent layers in exported Flax code, by name."""

__all__ = ["RECURRENT"]

RECURRENT = {
    "walk": '''
def walk(step, start, inputs, lengths, reverse):
    """Run a step over inputs (rows, steps, ...); padded steps leave the state.

    Returns the states (rows, steps, units), zero at padded steps, and the last state.
    """
    num_steps = inputs.shape[1]
    if lengths is None:
        lengths = jnp.full(len(inputs), num_steps)

    def masked(state, place):
        real = (place < lengths)[:, None]
        new = step(state, inputs[:, place])
        state = jax.tree.map(lambda a, b: jnp.where(real, a, b), new, state)
        return state, jnp.where(real, state[0], 0.0)

    places = jnp.arange(num_steps)
    last, states = jax.lax.scan(masked, start, places, reverse=reverse)
    return states.swapaxes(0, 1), last[0]
''',
    "first_state": '''
def first_state(learned, rows, units):
    """Return the state before the first step, (rows, units)."""
    if learned is None:
        return jnp.zeros((rows, units))
    return jnp.tile(learned[...], (rows, 1))
''',
    "SimpleRNN": '''
class SimpleRNN(nnx.Module):
    """s[t] = tanh(x[t] W + s[t-1] U + b)."""

    def __init__(self, channels, units, learned=False):
        self.kernel = nnx.Param(jnp.zeros((channels, units)))
        self.recurrent_kernel = nnx.Param(jnp.zeros((units, units)))
        self.bias = nnx.Param(jnp.zeros(units))
        self.initial_state = nnx.Param(jnp.zeros(units)) if learned else None

    def __call__(self, x, lengths=None, reverse=False):
        def step(state, projected):
            return (jnp.tanh(projected + state[0] @ self.recurrent_kernel[...]),)

        sizes = len(x), self.recurrent_kernel.shape[0]
        start = (first_state(self.initial_state, *sizes),)
        inputs = x @ self.kernel[...] + self.bias[...]
        return walk(step, start, inputs, lengths, reverse)
''',
    "LSTM": '''
class LSTM(nnx.Module):
    """A long short-term memory with the gates i, f, g and o."""

    def __init__(self, channels, units, learned=False):
        self.kernel = nnx.Param(jnp.zeros((channels, 4 * units)))
        self.recurrent_kernel = nnx.Param(jnp.zeros((units, 4 * units)))
        self.bias = nnx.Param(jnp.zeros(4 * units))
        self.initial_state = nnx.Param(jnp.zeros(units)) if learned else None
        self.initial_cell = nnx.Param(jnp.zeros(units)) if learned else None

    def __call__(self, x, lengths=None, reverse=False):
        def step(state, projected):
            s, cell = state
            gates = projected + s @ self.recurrent_kernel[...]
            i, f, g, o = jnp.split(gates, 4, axis=-1)
            cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
            return jax.nn.sigmoid(o) * jnp.tanh(cell), cell

        sizes = len(x), self.recurrent_kernel.shape[0]
        states = self.initial_state, self.initial_cell
        start = tuple(first_state(state, *sizes) for state in states)
        inputs = x @ self.kernel[...] + self.bias[...]
        return walk(step, start, inputs, lengths, reverse)
''',
    "GRU": '''
class GRU(nnx.Module):
    """A gated recurrent unit with the gates r and z and the candidate n."""

    def __init__(self, channels, units, learned=False):
        self.kernel = nnx.Param(jnp.zeros((channels, 3 * units)))
        self.recurrent_kernel = nnx.Param(jnp.zeros((units, 3 * units)))
        self.bias = nnx.Param(jnp.zeros(3 * units))
        self.recurrent_bias = nnx.Param(jnp.zeros(units))
        self.initial_state = nnx.Param(jnp.zeros(units)) if learned else None

    def __call__(self, x, lengths=None, reverse=False):
        def step(state, projected):
            (s,) = state
            xr, xz, xn = jnp.split(projected, 3, axis=-1)
            sr, sz, sn = jnp.split(s @ self.recurrent_kernel[...], 3, axis=-1)
            r, z = jax.nn.sigmoid(xr + sr), jax.nn.sigmoid(xz + sz)
            n = jnp.tanh(xn + r * (sn + self.recurrent_bias[...]))
            return ((1 - z) * n + z * s,)

        sizes = len(x), self.recurrent_kernel.shape[0]
        start = (first_state(self.initial_state, *sizes),)
        inputs = x @ self.kernel[...] + self.bias[...]
        return walk(step, start, inputs, lengths, reverse)
''',
    "ResetFirstGRU": '''
class ResetFirstGRU(nnx.Module):
    """A GRU whose reset gate multiplies the state before the recurrent product."""

    def __init__(self, channels, units, learned=False):
        self.kernel = nnx.Param(jnp.zeros((channels, 3 * units)))
        self.recurrent_kernel = nnx.Param(jnp.zeros((units, 3 * units)))
        self.bias = nnx.Param(jnp.zeros(3 * units))
        self.initial_state = nnx.Param(jnp.zeros(units)) if learned else None

    def __call__(self, x, lengths=None, reverse=False):
        def step(state, projected):
            (s,) = state
            xr, xz, xn = jnp.split(projected, 3, axis=-1)
            ur, uz, un = jnp.split(self.recurrent_kernel[...], 3, axis=-1)
            r, z = jax.nn.sigmoid(xr + s @ ur), jax.nn.sigmoid(xz + s @ uz)
            n = jnp.tanh(xn + (r * s) @ un)
            return ((1 - z) * n + z * s,)

        sizes = len(x), self.recurrent_kernel.shape[0]
        start = (first_state(self.initial_state, *sizes),)
        inputs = x @ self.kernel[...] + self.bias[...]
        return walk(step, start, inputs, lengths, reverse)
''',
}
"""Their code; a piece follows the pieces that it uses."""
