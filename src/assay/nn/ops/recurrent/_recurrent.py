"""Recurrent layers as functions: simple RNN, LSTM and GRU.

Each function takes x (n, t, c) and returns the outputs (n, t, h) and the last state.
Rows may have different lengths. A padded step leaves the state unchanged and outputs
zeros, so padding does not change the result of a row. With `reverse`, the steps are
processed from last to first, starting at the last real step of each row.

The functions are differentiable to any order in reverse mode and in
forward-over-reverse mode, but not by `jax.jvp` alone if the C++ extension runs the LSTM
or GRU.

Gates and equations are the same as in PyTorch, but kernels are transposed to
(in, gates * h).
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from assay.nn.ops._broadcasting import along_last_axis
from assay.nn.ops._convolution import convolve
from assay.nn.ops._shapes import check_recurrent
from assay.nn.ops.recurrent._fused import GRU, LSTM, available, walk
from assay.nn.ops.recurrent._scan import State, plain_gru, plain_lstm, scan_steps

__all__ = ["bidirectional", "gru", "lstm", "simple_rnn"]


def simple_rnn(
    x: jax.Array,
    kernel: jax.Array,
    recurrent_kernel: jax.Array,
    bias: jax.Array,
    *,
    lengths: jax.Array | None = None,
    initial: jax.Array | None = None,
    reverse: bool = False,
    activation: Callable[[jax.Array], jax.Array] = jnp.tanh,
) -> tuple[jax.Array, jax.Array]:
    """Run an Elman network: a dense layer applied to the input and previous state.

    Use it for short sequences and for teaching. Over long sequences, its gradient
    vanishes or explodes.

        s[t] = activation(x[t] kernel + s[t-1] recurrent_kernel + bias)

    Args:
        x: input, (n, t, c).
        kernel: (c, h).
        recurrent_kernel: (h, h).
        bias: (h,).
        lengths: number of real steps in each row, integers (n,), 0 to t; default t.
        initial: s[-1], (n, h); default zeros.
        reverse: whether to process the steps from last to first.
        activation: a function of an array, tanh by default.

    Returns:
        outputs s, (n, t, h), zero at padded steps; last state, (n, h).

    Raises:
        InputError: the shapes are inconsistent.

    Example:
        >>> import jax.numpy as jnp
        >>> x, one = jnp.ones((1, 3, 1)), jnp.ones((1, 1))
        >>> s, last = simple_rnn(x, one, one, jnp.zeros(1), activation=lambda a: a)
        >>> s[0, :, 0].tolist(), last.tolist()
        ([1.0, 2.0, 3.0], [[3.0]])

    References:
        Elman, "Finding structure in time", 1990.
    """

    def step(state: jax.Array, projected: jax.Array) -> jax.Array:
        return activation(projected + state @ recurrent_kernel)

    check_recurrent(
        x,
        {"kernel": kernel, "recurrent_kernel": recurrent_kernel, "bias": bias},
        gates=1,
        states={} if initial is None else {"initial": initial},
        lengths=lengths,
    )
    start = _zeros(x, recurrent_kernel) if initial is None else initial
    return scan_steps(
        step, start, _affine(x, kernel, bias), lengths=lengths, reverse=reverse
    )


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

    Use it for long sequences. Values that the forget gate keeps do not decay.

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
    zeros = _zeros(x, recurrent_kernel)
    start = (zeros, zeros) if initial is None else initial
    if available(x, recurrent_kernel):
        inputs = _project(x, kernel, bias), (recurrent_kernel,), start
        real = _lengths(x, lengths)
        return walk(LSTM, plain_lstm, inputs, lengths=real, reverse=reverse)
    inputs = _affine(x, kernel, bias), (recurrent_kernel,), start
    return plain_lstm(inputs, lengths, reverse)


def gru(
    x: jax.Array,
    kernel: jax.Array,
    recurrent_kernel: jax.Array,
    bias: jax.Array,
    *,
    recurrent_bias: jax.Array | None = None,
    lengths: jax.Array | None = None,
    initial: jax.Array | None = None,
    reverse: bool = False,
    reset_after: bool = True,
) -> tuple[jax.Array, jax.Array]:
    """Run a gated recurrent unit, with two gates and no memory cell.

    It often performs as well as an LSTM, with three quarters of the parameters. The
    reset gate is applied after the recurrent product, as in PyTorch and cuDNN, or
    before it.

        r = sigmoid(x[t] W_r + s[t-1] U_r + b_r)
        z = sigmoid(x[t] W_z + s[t-1] U_z + b_z)
        n = tanh(x[t] W_n + b_n + r * (s[t-1] U_n + recurrent_bias)) if reset_after
        n = tanh(x[t] W_n + b_n + (r * s[t-1]) U_n + recurrent_bias) otherwise
        s[t] = (1 - z) * n + z * s[t-1]

    Args:
        x: input, (n, t, c).
        kernel: W, (c, 3 h), gates in the order r, z, n, as in PyTorch.
        recurrent_kernel: U, (h, 3 h).
        bias: b, (3 h,); for r and z, the sum of PyTorch's two biases.
        recurrent_bias: (h,), multiplied by the reset gate if `reset_after`; default
            zeros.
        lengths: number of real steps in each row, integers (n,), 0 to t; default t.
        initial: s[-1], (n, h); default zeros.
        reverse: whether to process the steps from last to first.
        reset_after: whether the reset gate is applied after the recurrent product.

    Returns:
        outputs s, (n, t, h), zero at padded steps; last state, (n, h).

    Raises:
        InputError: the shapes are inconsistent.

    Example:
        >>> import jax.numpy as jnp
        >>> x = jnp.ones((2, 5, 3))
        >>> outputs, s = gru(x, jnp.zeros((3, 12)), jnp.zeros((4, 12)), jnp.zeros(12))
        >>> outputs.shape, s.shape
        ((2, 5, 4), (2, 4))

    References:
        Cho et al., "Learning phrase representations using RNN encoder-decoder",
        2014.
    """
    if recurrent_bias is None:
        recurrent_bias = jnp.zeros(kernel.shape[-1] // 3, x.dtype)
    named = {"kernel": kernel, "recurrent_kernel": recurrent_kernel, "bias": bias}
    check_recurrent(
        x,
        {**named, "recurrent_bias": recurrent_bias},
        gates=3,
        states={} if initial is None else {"initial": initial},
        lengths=lengths,
    )
    start = _zeros(x, recurrent_kernel) if initial is None else initial
    weights = recurrent_kernel, recurrent_bias
    if not reset_after:
        inputs = _affine(x, kernel, bias), weights, (start,)
        states, (last,) = plain_gru(inputs, lengths, reverse, reset_after=False)
    elif available(x, recurrent_kernel):
        inputs = _project(x, kernel, bias), weights, (start,)
        real = _lengths(x, lengths)
        states, (last,) = walk(GRU, plain_gru, inputs, lengths=real, reverse=reverse)
    else:
        inputs = _affine(x, kernel, bias), weights, (start,)
        states, (last,) = plain_gru(inputs, lengths, reverse)
    return states, last


def bidirectional(
    forward: tuple[jax.Array, State], backward: tuple[jax.Array, State]
) -> tuple[jax.Array, State]:
    """Concatenate the results of both directions along the last axis.

    Args:
        forward: outputs (n, t, h) and last state without `reverse`.
        backward: outputs (n, t, h) and last state with `reverse=True`.

    Returns:
        outputs (n, t, 2 h), which summarize the steps before and after each step; last
        states, (n, 2 h).

    Example:
        >>> import jax.numpy as jnp
        >>> x, one, zero = jnp.ones((1, 2, 1)), jnp.ones((1, 1)), jnp.zeros(1)
        >>> walk = [
        ...     simple_rnn(x, one, one, zero, reverse=r, activation=lambda a: a)
        ...     for r in (False, True)
        ... ]
        >>> bidirectional(*walk)[0][0].tolist()
        [[1.0, 2.0], [2.0, 1.0]]

    References:
        Schuster and Paliwal, "Bidirectional recurrent neural networks", 1997.
    """
    return jax.tree.map(lambda a, b: jnp.concatenate([a, b], -1), forward, backward)


def _zeros(x: jax.Array, recurrent_kernel: jax.Array) -> jax.Array:
    return jnp.zeros((x.shape[0], recurrent_kernel.shape[0]), x.dtype)


def _lengths(x: jax.Array, lengths: jax.Array | None) -> jax.Array:
    n, steps = x.shape[:2]
    if lengths is None:
        return jnp.full((n,), steps, jnp.int32)
    return jnp.clip(lengths, 0, steps).astype(jnp.int32)


def _affine(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    y = x @ kernel
    return y + along_last_axis(bias, y)


def _project(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    """Return the input's contribution to all gates at all steps, (n, t, gates).

    The bias is implemented as the weight of a constant input of 1, because adding it in
    a separate pass would take as long as the product.
    """
    ones = jnp.ones((*x.shape[:2], 1), x.dtype)
    return convolve(
        jnp.concatenate([x, ones], axis=-1),
        jnp.concatenate([kernel, bias[None]])[None],
    )
