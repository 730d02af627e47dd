"""Position embeddings, which encode the order of the steps for attention."""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import InputError
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Description, Layer, builds

__all__ = ["PositionEmbedding", "sinusoids"]

_LONGEST_PERIOD = 10_000  # in steps, divided by 2π
_SPREAD = 0.02  # standard deviation of initial values; small relative to the inputs


@builds(spec.PositionEmbedding)
class PositionEmbedding(Layer):
    """Adds a vector for the position of each step: y[t, c] = x[t, c] + P[t, c].

    P (steps, channels) is fixed or learned. If it is learned, it is named "positions",
    and its initial values are normal with standard deviation 0.02.

    Args:
        layer_spec: the encoding, "sinusoidal" or "learned".
        context: build context; x and y are (n, steps, channels).

    Raises:
        InputError: the input is not a sequence.

    Example:
        >>> context = BuildContext((2, 2), np.random.default_rng(0))
        >>> layer = PositionEmbedding(spec.PositionEmbedding(), context)
        >>> layer(jnp.zeros((1, 2, 2)), Context()).round(4).tolist()
        [[[0.0, 1.0], [0.8415, 0.5403]]]
    """

    def __init__(
        self, layer_spec: spec.PositionEmbedding, context: BuildContext
    ) -> None:
        super().__init__(layer_spec, context)
        shape = context.input_shape
        if len(shape) != 2:
            rule = "position_embedding.input_shape == (steps, channels)"
            fix = "Put Reshape(...) before this layer, or, for codes, "
            fix += "Embedding(size, units)."
            raise InputError(context.fault(rule, "input_shape", shape, fix))
        if layer_spec.encoding == "learned":
            drawn = _SPREAD * context.rng.standard_normal(shape)
            self.positions = nnx.Param(drawn.astype(np.float32))
        else:
            self.positions = None

    def table(self) -> jax.Array:
        """Return P, (steps, channels)."""
        if self.positions is None:
            steps, channels = self.input_shape
            return jnp.asarray(sinusoids(steps, channels))
        return self.positions[...]

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return x + P."""
        return x + self.table()[None]

    def describe(self) -> Description:
        """Return the formula and the size of the table."""
        if self.positions is None:
            return Description(f"{spec.PositionEmbedding.formula}, P fixed")
        steps, channels = self.input_shape
        count = f"{steps}*{channels} = {steps * channels}"
        return Description(f"{spec.PositionEmbedding.formula}, P learned", count)


def sinusoids(steps: int, channels: int) -> np.ndarray:
    """Return sines (even channels) and cosines (odd channels), (steps, channels).

    Example:
        >>> [round(float(value), 4) for value in sinusoids(2, 3)[1]]
        [0.8415, 0.5403, 0.0022]
    """
    pair = np.arange(channels) // 2
    frequency = _LONGEST_PERIOD ** (-2 * pair / channels)
    angle = np.arange(steps)[:, None] * frequency
    even = np.arange(channels) % 2 == 0
    return np.where(even, np.sin(angle), np.cos(angle)).astype(np.float32)
