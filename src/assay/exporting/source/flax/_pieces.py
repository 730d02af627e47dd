"""Functions and classes that exported Flax code may need, by name."""

from assay.exporting.source.flax._normalization_pieces import NORMALIZATION
from assay.exporting.source.flax._space_pieces import SPACE

__all__ = ["PIECES"]

PIECES = {
    "fill": '''
def fill(x, lengths, value):
    """Fill the padded steps of x (rows, steps, ...)."""
    real = jnp.arange(x.shape[1]) < lengths[:, None]
    return jnp.where(real.reshape(real.shape + (1,) * (x.ndim - 2)), x, value)
''',
    "limited": '''
def limited(steps, lengths, most):
    """Return a number of steps between 0 and most; without steps, it stays 0."""
    return jnp.where(lengths > 0, jnp.clip(steps, 0, most), 0)
''',
    "codes": '''
def codes(x, size):
    """Return whole numbers from 0 to size - 1."""
    return jnp.clip(x.astype(jnp.int32), 0, size - 1)
''',
    **SPACE,
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
    "Scale": '''
class Scale(nnx.Module):
    """Multiplies each channel by a learned factor."""

    def __init__(self, channels):
        self.scale = nnx.Param(jnp.ones(channels))

    def __call__(self, x):
        return x * self.scale[...]
''',
    "Periodic": '''
class Periodic(nnx.Module):
    """Learned mixtures of cosines of single numbers."""

    def __init__(self, numbers, frequencies, units):
        self.frequency = nnx.Param(jnp.zeros((numbers, frequencies)))
        self.phase = nnx.Param(jnp.zeros((numbers, frequencies)))
        self.mixture = nnx.Param(jnp.zeros((numbers, frequencies, units)))
        self.bias = nnx.Param(jnp.zeros((numbers, units)))

    def __call__(self, x):
        turns = self.frequency[...] * x[:, :, None] + self.phase[...]
        # whole turns are removed, because 2 pi times a large number is inexact
        cosines = jnp.cos(2 * np.pi * (turns - jnp.round(turns)))
        mixed = jnp.einsum("npk,pku->npu", cosines, self.mixture[...])
        return (mixed + self.bias[...]).reshape(len(x), -1)
''',
    "SimpleRNN": '''
class SimpleRNN(nnx.Module):
    """s[t] = tanh(x[t] W + s[t-1] U + b)."""

    def __init__(self, channels, units):
        self.kernel = nnx.Param(jnp.zeros((channels, units)))
        self.recurrent_kernel = nnx.Param(jnp.zeros((units, units)))
        self.bias = nnx.Param(jnp.zeros(units))

    def __call__(self, x, lengths=None, reverse=False):
        def step(state, projected):
            return (jnp.tanh(projected + state[0] @ self.recurrent_kernel[...]),)

        start = (jnp.zeros((len(x), self.recurrent_kernel.shape[0])),)
        inputs = x @ self.kernel[...] + self.bias[...]
        return walk(step, start, inputs, lengths, reverse)
''',
    "LSTM": '''
class LSTM(nnx.Module):
    """A long short-term memory with the gates i, f, g and o."""

    def __init__(self, channels, units):
        self.kernel = nnx.Param(jnp.zeros((channels, 4 * units)))
        self.recurrent_kernel = nnx.Param(jnp.zeros((units, 4 * units)))
        self.bias = nnx.Param(jnp.zeros(4 * units))

    def __call__(self, x, lengths=None, reverse=False):
        def step(state, projected):
            s, cell = state
            gates = projected + s @ self.recurrent_kernel[...]
            i, f, g, o = jnp.split(gates, 4, axis=-1)
            cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
            return jax.nn.sigmoid(o) * jnp.tanh(cell), cell

        zeros = jnp.zeros((len(x), self.recurrent_kernel.shape[0]))
        inputs = x @ self.kernel[...] + self.bias[...]
        return walk(step, (zeros, zeros), inputs, lengths, reverse)
''',
    "GRU": '''
class GRU(nnx.Module):
    """A gated recurrent unit with the gates r and z and the candidate n."""

    def __init__(self, channels, units):
        self.kernel = nnx.Param(jnp.zeros((channels, 3 * units)))
        self.recurrent_kernel = nnx.Param(jnp.zeros((units, 3 * units)))
        self.bias = nnx.Param(jnp.zeros(3 * units))
        self.recurrent_bias = nnx.Param(jnp.zeros(units))

    def __call__(self, x, lengths=None, reverse=False):
        def step(state, projected):
            (s,) = state
            xr, xz, xn = jnp.split(projected, 3, axis=-1)
            sr, sz, sn = jnp.split(s @ self.recurrent_kernel[...], 3, axis=-1)
            r, z = jax.nn.sigmoid(xr + sr), jax.nn.sigmoid(xz + sz)
            n = jnp.tanh(xn + r * (sn + self.recurrent_bias[...]))
            return ((1 - z) * n + z * s,)

        start = (jnp.zeros((len(x), self.recurrent_kernel.shape[0])),)
        inputs = x @ self.kernel[...] + self.bias[...]
        return walk(step, start, inputs, lengths, reverse)
''',
    **NORMALIZATION,
}
"""Their code; a piece follows the pieces that it uses."""
