"""Elman's simple recurrent layer."""

from collections.abc import Callable

import jax
import jax.numpy as jnp

from assay.nn.ops._shapes import check_recurrent
from assay.nn.ops.recurrent._projection import affine, zero_state
from assay.nn.ops.recurrent._scan import scan_steps

__all__ = ["simple_rnn"]


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
    start = zero_state(x, recurrent_kernel) if initial is None else initial
    return scan_steps(
        step, start, affine(x, kernel, bias), lengths=lengths, reverse=reverse
    )
