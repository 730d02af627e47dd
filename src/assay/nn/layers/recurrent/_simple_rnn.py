"""The simple recurrent layer."""

import jax

from assay import spec
from assay.nn import ops
from assay.nn._layer import builds
from assay.nn.layers.recurrent._recurrent import Parameters, Recurrent, WalkArguments

__all__ = ["SimpleRNN"]


@builds(spec.SimpleRNN)
class SimpleRNN(Recurrent):
    """An Elman network: a dense tanh layer applied to the input and the previous state.

        s[t] = tanh(x[t] W + s[t-1] U + b)

    With c channels and h units, W (c, h) is named "kernel", U (h, h)
    "recurrent_kernel" and b (h,) "bias". The layer has h (c + h + 1) parameters. For
    the arguments, initial values and sequences of different lengths, see `Recurrent`.

    Example:
        >>> import numpy as np
        >>> from assay.nn import BuildContext, Context
        >>> context = BuildContext((5, 3), np.random.default_rng(0))
        >>> layer = SimpleRNN(spec.SimpleRNN(4, return_sequences=True), context)
        >>> layer(np.ones((2, 5, 3), np.float32), Context()).shape
        (2, 5, 4)
    """

    def _walk(
        self, x: jax.Array, parameter: Parameters, arguments: WalkArguments
    ) -> tuple[jax.Array, jax.Array]:
        kernels = parameter("kernel"), parameter("recurrent_kernel")
        return ops.simple_rnn(x, *kernels, parameter("bias"), **arguments)
