"""Code of functions and classes that exported Flax files may need."""

from assay.exporting.source.flax._attention_pieces import ATTENTION
from assay.exporting.source.flax._normalization_pieces import NORMALIZATION
from assay.exporting.source.flax._recurrent_pieces import RECURRENT
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
    """Clip step counts to the range from 0 to most; rows without steps get 0."""
    return jnp.where(lengths > 0, jnp.clip(steps, 0, most), 0)
''',
    "codes": '''
def codes(x, size):
    """Convert x to whole numbers from 0 to size - 1."""
    return jnp.clip(x.astype(jnp.int32), 0, size - 1)
''',
    **SPACE,
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
    """Computes learned mixtures of cosines for each number."""

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
    **RECURRENT,
    **NORMALIZATION,
    **ATTENTION,
}
"""The code of each definition, by name. Each comes after those that it uses."""
