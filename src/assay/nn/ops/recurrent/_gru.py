"""The gated recurrent unit (GRU)."""

import jax
import jax.numpy as jnp

from assay.extension import available
from assay.nn.ops._shapes import check_recurrent
from assay.nn.ops.recurrent._fused import GRU, walk
from assay.nn.ops.recurrent._projection import (
    affine,
    all_lengths,
    project,
    zero_state,
)
from assay.nn.ops.recurrent._scan import Inputs, Outputs, scan_steps

__all__ = ["gru", "plain_gru"]


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
    before the product if `reset_after` is false.

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
    start = zero_state(x, recurrent_kernel) if initial is None else initial
    weights = recurrent_kernel, recurrent_bias
    if not reset_after:
        inputs = affine(x, kernel, bias), weights, (start,)
        states, (last,) = plain_gru(inputs, lengths, reverse, reset_after=False)
    elif available(x, recurrent_kernel):
        inputs = project(x, kernel, bias), weights, (start,)
        real = all_lengths(x, lengths)
        states, (last,) = walk(GRU, plain_gru, inputs, lengths=real, reverse=reverse)
    else:
        inputs = affine(x, kernel, bias), weights, (start,)
        states, (last,) = plain_gru(inputs, lengths, reverse)
    return states, last


def plain_gru(
    inputs: Inputs,
    lengths: jax.Array | None,
    reverse: bool,
    *,
    reset_after: bool = True,
) -> Outputs:
    """Run a GRU without the C++ extension; see `gru`."""
    projected, (kernel, recurrent_bias), initial = inputs
    inner, size = recurrent_bias[None], kernel.shape[0]
    gates, candidate_kernel = jnp.split(kernel, (2 * size,), axis=1)

    def step(state: tuple[jax.Array], projected: jax.Array) -> tuple[jax.Array]:
        (s,) = state
        r, z, n = jnp.split(projected, 3, axis=-1)
        from_state = s @ (kernel if reset_after else gates)
        u_r, u_z, u_n = jnp.split(from_state, (size, 2 * size), axis=-1)
        reset, update = jax.nn.sigmoid(r + u_r), jax.nn.sigmoid(z + u_z)
        if reset_after:
            candidate = jnp.tanh(n + reset * (u_n + inner))
        else:  # u_n is empty
            candidate = jnp.tanh(n + (reset * s) @ candidate_kernel + inner)
        return ((1 - update) * candidate + update * s,)

    return scan_steps(step, initial, projected, lengths=lengths, reverse=reverse)
