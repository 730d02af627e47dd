"""The long short-term memory (LSTM)."""

import jax
import jax.numpy as jnp

from assay.extension import available
from assay.nn.ops._shapes import check_recurrent
from assay.nn.ops.recurrent._fused import LSTM, walk
from assay.nn.ops.recurrent._projection import (
    affine,
    all_lengths,
    project,
    zero_state,
)
from assay.nn.ops.recurrent._scan import Inputs, Outputs, scan_steps

__all__ = ["lstm", "plain_lstm"]


def lstm(
    x: jax.Array,
    kernel: jax.Array,
    recurrent_kernel: jax.Array,
    bias: jax.Array,
    *,
    lengths: jax.Array | None = None,
    initial: tuple[jax.Array, jax.Array] | None = None,
    reverse: bool = False,
) -> tuple[jax.Array, tuple[jax.Array, jax.Array]]:
    """Run a long short-term memory (LSTM), whose gates control access to a cell c.

    Use it for long sequences. Values kept by the forget gate do not decay.

        i, f, g, o = split(x[t] kernel + s[t-1] recurrent_kernel + bias, 4)
        c[t] = sigmoid(f) * c[t-1] + sigmoid(i) * tanh(g)
        s[t] = sigmoid(o) * tanh(c[t])

    Args:
        x: input, (n, t, c).
        kernel: (c, 4 h), gates in the order i, f, g, o, as in PyTorch.
        recurrent_kernel: (h, 4 h).
        bias: (4 h,), the sum of PyTorch's two biases.
        lengths: number of real steps in each row, integers (n,), 0 to t; default t.
        initial: (s[-1], c[-1]), each (n, h); default zeros.
        reverse: whether to process the steps from last to first.

    Returns:
        outputs s, (n, t, h), zero at padded steps; last (s, c), each (n, h).

    Raises:
        InputError: the shapes are inconsistent.

    Example:
        >>> import jax.numpy as jnp
        >>> x = jnp.ones((2, 5, 3))
        >>> zeros = jnp.zeros((3, 16)), jnp.zeros((4, 16)), jnp.zeros(16)
        >>> outputs, (s, c) = lstm(x, *zeros)
        >>> outputs.shape, c.shape
        ((2, 5, 4), (2, 4))

    References:
        Hochreiter and Schmidhuber, "Long short-term memory", 1997; Gers,
        Schmidhuber and Cummins, "Learning to forget", 2000.
    """
    check_recurrent(
        x,
        {"kernel": kernel, "recurrent_kernel": recurrent_kernel, "bias": bias},
        gates=4,
        states={f"initial[{i}]": state for i, state in enumerate(initial or ())},
        lengths=lengths,
    )
    zeros = zero_state(x, recurrent_kernel)
    start = (zeros, zeros) if initial is None else initial
    if available(x, recurrent_kernel):
        inputs = project(x, kernel, bias), (recurrent_kernel,), start
        real = all_lengths(x, lengths)
        return walk(LSTM, plain_lstm, inputs, lengths=real, reverse=reverse)
    inputs = affine(x, kernel, bias), (recurrent_kernel,), start
    return plain_lstm(inputs, lengths, reverse)


def plain_lstm(inputs: Inputs, lengths: jax.Array | None, reverse: bool) -> Outputs:
    """Run an LSTM without the C++ extension; see `lstm`."""
    projected, (kernel,), initial = inputs

    def step(
        state: tuple[jax.Array, jax.Array], projected: jax.Array
    ) -> tuple[jax.Array, jax.Array]:
        s, cell = state
        i, f, g, o = jnp.split(projected + s @ kernel, 4, axis=-1)
        cell = jax.nn.sigmoid(f) * cell + jax.nn.sigmoid(i) * jnp.tanh(g)
        return jax.nn.sigmoid(o) * jnp.tanh(cell), cell

    return scan_steps(step, initial, projected, lengths=lengths, reverse=reverse)
