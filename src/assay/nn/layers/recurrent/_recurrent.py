"""The base class for recurrent layers."""

from collections.abc import Callable
from typing import Any, ClassVar, TypedDict

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import InputError
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._initializers import initialize
from assay.nn._layer import BuildContext, Description, Layer

__all__ = ["Parameters", "Recurrent", "WalkArguments"]

Parameters = Callable[[str], jax.Array]  # name -> parameter, in one direction


class WalkArguments(TypedDict):
    """The arguments of a pass over a sequence in one direction."""

    lengths: jax.Array | None
    reverse: bool
    initial: Any  # one state (n, h), or a tuple of states; None for zeros


class Recurrent(Layer):
    """Base class for layers that update a state at each step of a sequence.

    Initial weights are drawn separately for each gate: Glorot uniform for kernels and
    orthogonal for recurrent kernels. Biases are initially 0, except for the forget gate
    of an LSTM, whose bias is initially 1. All computations are done in float32.

    A padded step leaves the state unchanged and outputs zeros, so padding does not
    change the output of a row.

    Args:
        layer_spec: units h, return_sequences, reverse, initial_state, and
            bidirectional, which doubles the number of output channels.
        context: build context; x is (n, steps, channels), and y is (n, h) or
            (n, steps, h).

    Raises:
        InputError: the input is not a sequence.
    """

    weighted = True
    num_gates: ClassVar[int] = 1
    states: ClassVar[tuple[str, ...]] = ("initial_state",)
    """Names of the cell's initial states. Learned initial states are parameters."""

    def __init__(self, layer_spec: spec.Recurrent, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        _check(layer_spec, context)
        steps, channels = context.input_shape
        units = int(layer_spec.units)  # type: ignore[arg-type]
        self.return_sequences = layer_spec.return_sequences
        self.reverse = layer_spec.reverse
        self.learns_state = layer_spec.initial_state == "learned"
        self.directions = ("", "backward_") if layer_spec.bidirectional else ("",)
        for prefix in self.directions:
            for name, value in self._draw(context.rng, channels, units).items():
                setattr(self, prefix + name, nnx.Param(value))
            for name in self.states if self.learns_state else ():
                zeros = np.zeros(units, np.float32)
                setattr(self, prefix + name, nnx.Param(zeros))
        width = units * len(self.directions)
        self.output_shape = (steps, width) if self.return_sequences else (width,)

    def _draw(
        self, rng: np.random.Generator, channels: int, units: int
    ) -> dict[str, np.ndarray]:
        """Draw the parameters of one direction.

        The kernels are drawn separately for each gate, because Glorot initialization
        depends on the number of outputs, and an orthogonal matrix preserves the norm of
        a state only if the matrix is square.
        """

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
        self, x: jax.Array, parameter: Parameters, arguments: WalkArguments
    ) -> tuple[jax.Array, jax.Array]:
        """Return the states (n, steps, h) and the last state (n, h)."""
        raise NotImplementedError

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the state after every step, or only the last state."""
        walks = [
            self._walk(
                x,
                lambda name, prefix=prefix: getattr(self, prefix + name)[...],
                {
                    "lengths": context.lengths,
                    "reverse": self.runs_backwards(prefix),
                    "initial": self._initial(x, prefix),
                },
            )
            for prefix in self.directions
        ]
        states, last = walks[0] if len(walks) == 1 else ops.bidirectional(*walks)
        if self.return_sequences:
            return states
        context.lengths = None
        return last

    def runs_backwards(self, prefix: str) -> bool:
        """Return whether the direction with this prefix starts at the last step."""
        return bool(prefix) or self.reverse

    def _initial(self, x: jax.Array, prefix: str) -> Any:
        """Return the learned initial states, or None if they are zeros."""
        if not self.learns_state:
            return None
        values = [getattr(self, prefix + name)[...] for name in self.states]
        states = [jnp.broadcast_to(v[None], (len(x), len(v))) for v in values]
        return tuple(states) if len(states) > 1 else states[0]

    @property
    def saturates(self) -> bool:
        """Always True, because tanh saturates."""
        return True

    def slopes(self, x: jax.Array, y: jax.Array) -> jax.Array:
        """Return the slope of tanh at each state."""
        return 1 - y * y

    def describe(self) -> Description:
        """Return the formula and the calculation of the parameter count."""
        (steps, channels), width = self.input_shape, self.output_shape[-1]
        units = width // len(self.directions)
        count = f"{channels}*{units} + {units}*{units} + {units}"
        if self.num_gates > 1:
            count = f"{self.num_gates} gates * ({count})"
        count += f" + {units}" if hasattr(self, "recurrent_bias") else ""
        count += f" + {units}" * len(self.states) if self.learns_state else ""
        products = self.num_gates * (channels * units + units * units)
        notes: tuple[str, ...] = ()
        if self.reverse:
            notes = ("the steps are processed from last to first",)
        if len(self.directions) > 1:
            count = f"2 * ({count})"
            notes = ("the steps are processed once forward and once backward",)
        formula = spec.Layer.members[self.kind].formula
        return Description(
            f"{formula}, t = 1 ... {steps}",
            f"{count} = {self.num_parameters}",
            steps * len(self.directions) * products,
            notes,
        )

    @classmethod
    def largest_output(cls, layer_spec: Any, input_shape: tuple[int, ...]) -> None:
        """Return None, because the output shape of a faulty layer is unknown."""
        return None


def _check(layer_spec: spec.Recurrent, context: BuildContext) -> None:
    shape = context.input_shape
    if len(shape) == 2:
        return
    if len(shape) == 1:
        fix = (
            f"If the numbers are a sequence, put Reshape({(*shape, 1)}) before this "
            "layer. If they are codes, put Embedding(size, units) before it. If the "
            "previous layer is recurrent, set return_sequences = true in that layer."
        )
    else:
        rest = int(np.prod(shape[1:]))
        fix = f"Put Reshape({(shape[0], rest)}) before this layer."
    rule = f"{layer_spec.kind}.input_shape == (steps, channels)"
    raise InputError(context.fault(rule, "input_shape", shape, fix))
