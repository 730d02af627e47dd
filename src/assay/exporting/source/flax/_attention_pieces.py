"""Code for self-attention in exported Flax files."""

from assay.exporting.source._position_pieces import POSITIONS

__all__ = ["ATTENTION"]

ATTENTION = {
    **POSITIONS,
    "Positions": '''
class Positions(nnx.Module):
    """Adds a learned vector to each step."""

    def __init__(self, steps, channels):
        self.positions = nnx.Param(jnp.zeros((steps, channels)))

    def __call__(self, x):
        return x + self.positions[...]
''',
    "SelfAttention": '''
class SelfAttention(nnx.Module):
    """Multi-head self-attention between the steps of a sequence."""

    def __init__(self, channels, heads, units, *, causal, bias):
        width = heads * units
        self.kernel = nnx.Param(jnp.zeros((channels, 3 * width)))
        self.output_kernel = nnx.Param(jnp.zeros((width, channels)))
        self.bias = nnx.Param(jnp.zeros(3 * width)) if bias else None
        self.output_bias = nnx.Param(jnp.zeros(channels)) if bias else None
        self.heads, self.units, self.causal = heads, units, causal

    def __call__(self, x, lengths=None):
        rows, steps, _ = x.shape
        projected = x @ self.kernel[...]
        if self.bias is not None:
            projected = projected + self.bias[...]
        parts = projected.reshape(rows, steps, 3, self.heads, self.units)
        query, key, value = parts.transpose(2, 0, 3, 1, 4)
        scores = query @ key.transpose(0, 1, 3, 2) / self.units**0.5
        step = jnp.arange(steps)
        if self.causal:
            earlier = step <= step[:, None]
            scores = jnp.where(earlier, scores, jnp.finfo(x.dtype).min)
        if lengths is not None:
            real = (step < lengths[:, None])[:, None, None]
            scores = jnp.where(real, scores, jnp.finfo(x.dtype).min)
        read = jax.nn.softmax(scores) @ value
        read = read.transpose(0, 2, 1, 3).reshape(rows, steps, -1)
        y = read @ self.output_kernel[...]
        return y if self.output_bias is None else y + self.output_bias[...]
''',
}
"""The code of each definition, by name. Each comes after those that it uses."""
