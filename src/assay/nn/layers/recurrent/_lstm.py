"""The long short-term memory."""

import jax
import numpy as np

from assay import spec
from assay.nn import ops
from assay.nn._layer import builds
from assay.nn.layers.recurrent._recurrent import Parameters, Recurrent, WalkArguments

__all__ = ["LSTM"]


@builds(spec.LSTM)
class LSTM(Recurrent):
    """A long short-term memory (LSTM), whose gates control access to a memory cell c.

        i, f, g, o = split(x[t] W + s[t-1] U + b, 4)
        c[t] = sigmoid(f) * c[t-1] + sigmoid(i) * tanh(g)
        s[t] = sigmoid(o) * tanh(c[t])

    With C channels and h units, W (C, 4 h) is named "kernel", U (h, 4 h)
    "recurrent_kernel" and b (4 h,) "bias". The layer has 4 h (C + h + 1) parameters.
    For the arguments, initial values and sequences of different lengths, see
    `Recurrent`.

    Example:
        >>> import numpy as np
        >>> from assay.nn import BuildContext, Context
        >>> context = BuildContext((5, 3), np.random.default_rng(0))
        >>> layer = LSTM(spec.LSTM(4, bidirectional=True), context)
        >>> layer(np.ones((2, 5, 3), np.float32), Context()).shape
        (2, 8)
    """

    num_gates = 4
    states = ("initial_state", "initial_cell")

    def _draw(
        self, rng: np.random.Generator, channels: int, units: int
    ) -> dict[str, np.ndarray]:
        drawn = super()._draw(rng, channels, units)
        # A bias of 1 opens the forget gate, so the initial network retains its state
        # (Jozefowicz et al., 2015).
        drawn["bias"][units : 2 * units] = 1.0
        return drawn

    def _walk(
        self, x: jax.Array, parameter: Parameters, arguments: WalkArguments
    ) -> tuple[jax.Array, jax.Array]:
        kernels = parameter("kernel"), parameter("recurrent_kernel")
        states, (last, _) = ops.lstm(x, *kernels, parameter("bias"), **arguments)
        return states, last
