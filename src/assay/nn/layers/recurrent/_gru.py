"""The gated recurrent unit."""

import jax
import numpy as np

from assay import spec
from assay.nn import ops
from assay.nn._layer import BuildContext, builds
from assay.nn.layers.recurrent._recurrent import Parameters, Recurrent, WalkArguments

__all__ = ["GRU"]


@builds(spec.GRU)
class GRU(Recurrent):
    """A gated recurrent unit, with two gates and no memory cell.

        r = sigmoid(x[t] W_r + s[t-1] U_r + b_r)
        z = sigmoid(x[t] W_z + s[t-1] U_z + b_z)
        n = tanh(x[t] W_n + b_n + r * (s[t-1] U_n + recurrent_bias))
        s[t] = (1 - z) * n + z * s[t-1]

    The reset gate r is applied after the recurrent product, as in PyTorch and cuDNN. If
    `reset_after` is false, it is applied before the product, and there is no recurrent
    bias:

        n = tanh(x[t] W_n + b_n + (r * s[t-1]) U_n)

    With c channels and h units, W (c, 3 h) is named "kernel", U (h, 3 h)
    "recurrent_kernel" and b (3 h,) "bias"; "recurrent_bias" is (h,). The layer has
    3 h (c + h + 1) + h parameters, or 3 h (c + h + 1) without the recurrent bias. For
    the arguments, initial values and sequences of different lengths, see `Recurrent`.

    Example:
        >>> import numpy as np
        >>> from assay.nn import BuildContext, Context
        >>> context = BuildContext((5, 3), np.random.default_rng(0))
        >>> layer = GRU(spec.GRU(4), context)
        >>> layer(np.ones((2, 5, 3), np.float32), Context()).shape
        (2, 4)
    """

    num_gates = 3

    def __init__(self, layer_spec: spec.GRU, context: BuildContext) -> None:
        self.reset_after = layer_spec.reset_after
        super().__init__(layer_spec, context)

    def _draw(
        self, rng: np.random.Generator, channels: int, units: int
    ) -> dict[str, np.ndarray]:
        drawn = super()._draw(rng, channels, units)
        if self.reset_after:
            drawn["recurrent_bias"] = np.zeros(units, np.float32)
        return drawn

    def _walk(
        self, x: jax.Array, parameter: Parameters, arguments: WalkArguments
    ) -> tuple[jax.Array, jax.Array]:
        kernels = parameter("kernel"), parameter("recurrent_kernel")
        inner = parameter("recurrent_bias") if self.reset_after else None
        return ops.gru(
            x,
            *kernels,
            parameter("bias"),
            recurrent_bias=inner,
            reset_after=self.reset_after,
            **arguments,
        )
