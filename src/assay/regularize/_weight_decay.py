"""Weight decay: every update also shrinks the weights."""

from typing import Any

import jax

__all__ = ["decay", "is_kernel"]


def is_kernel(path: tuple[Any, ...]) -> bool:
    """Return whether a leaf of the parameters is a kernel, which may shrink."""
    return "kernel" in str(path[-1])


def decay(
    direction: Any, parameters: Any, kernels: Any, *, strength: jax.Array | float
) -> Any:
    """Add the pull of weight decay to the direction of an update.

    The learning rate and its schedule scale it too. Biases, scales and slopes are left
    free.

        parameters <- parameters - learning_rate (d + strength parameters)

    Args:
        direction: d of the optimizer, a tree of arrays.
        parameters: like direction.
        kernels: 1 where a number belongs to a kernel, 0 elsewhere; a tree like
            direction of arrays or single numbers.
        strength: >= 0.

    Returns:
        A tree like direction.

    Example:
        >>> import jax.numpy as jnp
        >>> d, w = {"kernel": jnp.ones(2)}, {"kernel": jnp.array([2.0, -4.0])}
        >>> decay(d, w, {"kernel": 1.0}, strength=0.5)["kernel"].tolist()
        [2.0, -1.0]
    """
    return jax.tree.map(
        lambda d, p, kernel: d + strength * kernel * p, direction, parameters, kernels
    )
