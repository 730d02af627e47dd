"""Weight decay: every update also shrinks the weights."""

from typing import Any

import jax

__all__ = ["decay", "is_kernel"]


def is_kernel(path: tuple[Any, ...]) -> bool:
    """Return whether the parameters at a path are a kernel, which may decay."""
    return "kernel" in str(path[-1])


def decay(
    direction: Any, parameters: Any, kernels: Any, *, strength: jax.Array | float
) -> Any:
    """Add weight decay to the direction of an update.

    It is also scaled by the learning rate and its schedule. Biases, scales and slopes
    do not decay.

        parameters <- parameters - learning_rate (d + strength parameters)

    Args:
        direction: the optimizer's direction d, a tree of arrays.
        parameters: tree like direction.
        kernels: tree like direction, with 1 for numbers in kernels and 0 elsewhere; a
            single number may replace an array.
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
