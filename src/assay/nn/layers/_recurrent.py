"""Recurrent layers: simple RNN, LSTM and GRU."""

from collections.abc import Callable
from typing import Any

import jax
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import InputError
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._initializers import initialize
from assay.nn._layer import About, Layer, Site, builds

__all__ = ["GRU", "LSTM", "Recurrent", "SimpleRNN"]


class Recurrent(Layer):
    """A walk along a sequence with a state; what the three cells share.

    Args:
        asked: units h; return_sequences, whether the state after every step comes
            out (many to many) or the last one (many to one); bidirectional, whether
            a walk from the end to the start is joined, which doubles the channels.
        site: x is (n, steps, channels), and y is (n, h) or (n, steps, h).

    Initial values: kernels Glorot, recurrent kernels orthogonal, each gate on its
    own; biases 0, but 1 for the forget gate of an LSTM. All is computed in float32.

    Sequences of different lengths: a padded step leaves the state as it was and
    gives zeros, so a padded row computes what the row alone would.

    Raises:
        InputError: the input is no sequence.
    """

    num_gates = 1
    formula = ""

    def __init__(self, asked: spec.Recurrent, site: Site) -> None:
        _check(asked, site)
        (self.steps, channels), units = site.input_shape, int(asked.units)  # type: ignore[arg-type]
        self.return_sequences = asked.return_sequences
        self.directions = ("", "backward_") if asked.bidirectional else ("",)
        for prefix in self.directions:
            for name, value in self._drawn(site.rng, channels, units).items():
                setattr(self, prefix + name, nnx.Param(value))
        width = units * len(self.directions)
        self.output_shape = (self.steps, width) if self.return_sequences else (width,)

    def _drawn(
        self, rng: np.random.Generator, channels: int, units: int
    ) -> dict[str, np.ndarray]:
        """Draw the parameters of one direction, gate by gate."""

        def gates(initializer: str, inputs: int) -> np.ndarray:
            shape, count = (inputs, units), range(self.num_gates)
            drawn = [initialize(initializer, rng, shape) for _ in count]
            return np.concatenate(drawn, axis=1)

        return {
            "kernel": gates("glorot", channels),
            "recurrent_kernel": gates("orthogonal", units),
            "bias": np.zeros(self.num_gates * units, np.float32),
        }

    def _walk(
        self, x: jax.Array, weights: Callable[[str], jax.Array], **how: Any
    ) -> tuple[jax.Array, jax.Array]:
        """Return the states (n, steps, h) and the last state (n, h)."""
        raise NotImplementedError

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the state after every step, or the last one."""
        walks = [
            self._walk(
                x,
                lambda name, prefix=prefix: getattr(self, prefix + name)[...],
                lengths=context.lengths,
                reverse=bool(prefix),
            )
            for prefix in self.directions
        ]
        states, last = walks[0] if len(walks) == 1 else ops.bidirectional(*walks)
        if self.return_sequences:
            return states
        context.lengths = None
        return last

    def about(self) -> About:
        """Say its formula, and how its parameters are counted."""
        channels, width = self.kernel[...].shape  # type: ignore[attr-defined]
        units, twice = width // self.num_gates, len(self.directions)
        one = f"{channels}*{units} + {units}*{units} + {units}"
        count = f"{self.num_gates} gates * ({one})" if self.num_gates > 1 else one
        count += f" + {units}" if hasattr(self, "recurrent_bias") else ""
        count = f"2 * ({count})" if twice > 1 else count
        products = self.num_gates * (channels * units + units * units)
        both = ("one walk to the end and one to the start",) if twice > 1 else ()
        return About(
            f"{self.formula}, t = 1 ... {self.steps}",
            f"{count} = {self.num_parameters}",
            self.steps * twice * products,
            both,
        )

    @classmethod
    def largest_output(cls, asked: Any, input_shape: tuple[int, ...]) -> None:
        """Return None: without a sequence nothing can be said."""
        return None


@builds(spec.SimpleRNN)
class SimpleRNN(Recurrent):
    """The state is a dense layer of the input and of itself, through tanh.

    For short sequences and for learning; its gradient fades or blows up over long
    ones: take `gru` or `lstm` there.

        s[t] = tanh(x[t] W + s[t-1] U + b)

    With c channels and h units, W (c, h) is named "kernel", U (h, h)
    "recurrent_kernel", b (h,) "bias": h (c + h + 1) parameters. See `Recurrent` for
    the arguments, the initial values and sequences of different lengths.

    Example:
        >>> site = Site((5, 3), np.random.default_rng(0))
        >>> layer = SimpleRNN(spec.SimpleRNN(4, return_sequences=True), site)
        >>> layer(np.ones((2, 5, 3), np.float32), Context()).shape
        (2, 5, 4)

    References:
        Elman, 1990, "Finding structure in time".
    """

    formula = "s[t] = tanh(x[t] W + s[t-1] U + b)"

    def _walk(
        self, x: jax.Array, weights: Callable[[str], jax.Array], **how: Any
    ) -> tuple[jax.Array, jax.Array]:
        kernels = weights("kernel"), weights("recurrent_kernel")
        return ops.simple_rnn(x, *kernels, weights("bias"), **how)


@builds(spec.LSTM)
class LSTM(Recurrent):
    """A long short-term memory: a cell c that gates write, keep and read.

    For long sequences: what the forget gate keeps passes on undimmed. Its bias
    starts at 1, so that a new net forgets little.

        i, f, g, o = split(x[t] W + s[t-1] U + b, 4)
        c[t] = sigmoid(f) * c[t-1] + sigmoid(i) * tanh(g)
        s[t] = sigmoid(o) * tanh(c[t])

    With c channels and h units, W (c, 4 h) is named "kernel", U (h, 4 h)
    "recurrent_kernel", b (4 h,) "bias": 4 h (c + h + 1) parameters. See `Recurrent`
    for the arguments, the initial values and sequences of different lengths.

    Example:
        >>> site = Site((5, 3), np.random.default_rng(0))
        >>> layer = LSTM(spec.LSTM(4, bidirectional=True), site)
        >>> layer(np.ones((2, 5, 3), np.float32), Context()).shape
        (2, 8)

    References:
        Hochreiter and Schmidhuber, 1997, "Long short-term memory".
        Jozefowicz, Zaremba and Sutskever, 2015, "An empirical exploration of
        recurrent network architectures" (the forget gate's bias).
    """

    num_gates = 4
    formula = "c[t] = f * c[t-1] + i * g, s[t] = o * tanh(c[t])"

    def _drawn(
        self, rng: np.random.Generator, channels: int, units: int
    ) -> dict[str, np.ndarray]:
        drawn = super()._drawn(rng, channels, units)
        drawn["bias"][units : 2 * units] = 1.0  # the forget gate
        return drawn

    def _walk(
        self, x: jax.Array, weights: Callable[[str], jax.Array], **how: Any
    ) -> tuple[jax.Array, jax.Array]:
        kernels = weights("kernel"), weights("recurrent_kernel")
        states, (last, _) = ops.lstm(x, *kernels, weights("bias"), **how)
        return states, last


@builds(spec.GRU)
class GRU(Recurrent):
    """A gated recurrent unit: an LSTM's idea with two gates and no cell.

    Often as good as an LSTM with three quarters of its parameters. The reset gate
    acts after the recurrent product, as in PyTorch and cuDNN.

        r = sigmoid(x[t] W_r + s[t-1] U_r + b_r)
        z = sigmoid(x[t] W_z + s[t-1] U_z + b_z)
        n = tanh(x[t] W_n + b_n + r * (s[t-1] U_n + recurrent_bias))
        s[t] = (1 - z) * n + z * s[t-1]

    With c channels and h units, W (c, 3 h) is named "kernel", U (h, 3 h)
    "recurrent_kernel", b (3 h,) "bias", and "recurrent_bias" is (h,):
    3 h (c + h + 1) + h parameters. See `Recurrent` for the arguments, the initial
    values and sequences of different lengths.

    Example:
        >>> site = Site((5, 3), np.random.default_rng(0))
        >>> layer = GRU(spec.GRU(4), site)
        >>> layer(np.ones((2, 5, 3), np.float32), Context()).shape
        (2, 4)

    References:
        Cho et al., 2014, "Learning phrase representations using RNN encoder-decoder".
    """

    num_gates = 3
    formula = "s[t] = (1 - z) * n + z * s[t-1]"

    def _drawn(
        self, rng: np.random.Generator, channels: int, units: int
    ) -> dict[str, np.ndarray]:
        drawn = super()._drawn(rng, channels, units)
        return drawn | {"recurrent_bias": np.zeros(units, np.float32)}

    def _walk(
        self, x: jax.Array, weights: Callable[[str], jax.Array], **how: Any
    ) -> tuple[jax.Array, jax.Array]:
        kernels = weights("kernel"), weights("recurrent_kernel")
        inside = weights("recurrent_bias")
        return ops.gru(x, *kernels, weights("bias"), recurrent_bias=inside, **how)


def _check(asked: spec.Recurrent, site: Site) -> None:
    shape = site.input_shape
    if len(shape) == 2:
        return
    if len(shape) == 1:
        fix = (
            f"Put Reshape({(*shape, 1)}) before it if the numbers are a sequence, "
            "Embedding(size, units) if they are codes; after another recurrent layer, "
            "write return_sequences = true in that one."
        )
    else:
        rest = int(np.prod(shape[1:]))
        fix = f"Put Reshape({(shape[0], rest)}) before it."
    rule = f"the input of {asked.kind} is (steps, channels)"
    raise InputError(site.fault(rule, "input_shape", shape, fix))
