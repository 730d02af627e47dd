"""Combines both directions of a recurrent layer."""

import jax
import jax.numpy as jnp

from assay.nn.ops.recurrent._scan import State

__all__ = ["bidirectional"]


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
        >>> from assay.nn.ops import simple_rnn
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
