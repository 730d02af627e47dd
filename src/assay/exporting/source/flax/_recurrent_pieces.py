"""Code for recurrent layers in exported Flax files."""

__all__ = ["RECURRENT"]

RECURRENT = {
    "walk": '''
def walk(step, start, inputs, lengths, reverse):
    """Apply `step` along inputs (rows, steps, ...); padded steps keep the state.

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
    "Recurrent": '''
class Recurrent(nnx.Module):
    """The base class of recurrent layers; subclasses define `step`."""

    num_gates = 1
    states = ("initial_state",)

    def __init__(self, channels, units, learned=False):
        width = self.num_gates * units
        self.kernel = nnx.Param(jnp.zeros((channels, width)))
        self.recurrent_kernel = nnx.Param(jnp.zeros((units, width)))
        self.bias = nnx.Param(jnp.zeros(width))
        for name in self.states:
            setattr(self, name, nnx.Param(jnp.zeros(units)) if learned else None)

    def first_state(self, name, rows):
        """Return an initial state, (rows, units)."""
        learned = getattr(self, name)
        if learned is None:
            return jnp.zeros((rows, self.recurrent_kernel.shape[0]))
        return jnp.tile(learned[...], (rows, 1))

    def __call__(self, x, lengths=None, reverse=False):
        start = tuple(self.first_state(name, len(x)) for name in self.states)
        inputs = x @ self.kernel[...] + self.bias[...]
        return walk(self.step, start, inputs, lengths, reverse)
''',
    "SimpleRNN": '''
class SimpleRNN(Recurrent):
    """s[t] = tanh(x[t] W + s[t-1] U + b)."""

    def step(self, states, projected):
        (s,) = states
        return (jnp.tanh(projected + s @ self.recurrent_kernel[...]),)
''',
    "LSTM": '''
class LSTM(Recurrent):
    """A long short-term memory with the gates i, f, g and o."""

    num_gates = 4
    states = ("initial_state", "initial_cell")

    def step(self, states, projected):
        s, cell = states
        gates = projected + s @ self.recurrent_kernel[...]
        i, f, g, o = jnp.split(gates, 4, axis=-1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jax.nn.sigmoid(o) * jnp.tanh(cell), cell
''',
    "GRU": '''
class GRU(Recurrent):
    """A gated recurrent unit with the gates r and z and the candidate n."""

    num_gates = 3

    def __init__(self, channels, units, learned=False):
        super().__init__(channels, units, learned)
        self.recurrent_bias = nnx.Param(jnp.zeros(units))

    def step(self, states, projected):
        (s,) = states
        xr, xz, xn = jnp.split(projected, 3, axis=-1)
        sr, sz, sn = jnp.split(s @ self.recurrent_kernel[...], 3, axis=-1)
        r, z = jax.nn.sigmoid(xr + sr), jax.nn.sigmoid(xz + sz)
        n = jnp.tanh(xn + r * (sn + self.recurrent_bias[...]))
        return ((1 - z) * n + z * s,)
''',
    "ResetFirstGRU": '''
class ResetFirstGRU(Recurrent):
    """A GRU whose reset gate multiplies the state before the recurrent product."""

    num_gates = 3

    def step(self, states, projected):
        (s,) = states
        xr, xz, xn = jnp.split(projected, 3, axis=-1)
        ur, uz, un = jnp.split(self.recurrent_kernel[...], 3, axis=-1)
        r, z = jax.nn.sigmoid(xr + s @ ur), jax.nn.sigmoid(xz + s @ uz)
        n = jnp.tanh(xn + (r * s) @ un)
        return ((1 - z) * n + z * s,)
''',
}
"""The code of each definition, by name. Each comes after those that it uses."""
