"""Weight decay, which shrinks the weights at every update."""

from typing import Any

import jax

__all__ = ["decay", "is_kernel"]


def is_kernel(path: tuple[Any, ...]) -> bool:
    """Return whether a path in the parameter tree leads to a kernel."""
    return "kernel" in str(path[-1])


def decay(
    direction: Any, parameters: Any, kernels: Any, *, strength: jax.Array | float
) -> Any:
    """Add weight decay to the direction of an update.

    The decay is scaled by the learning rate and its schedule. Biases, scales and slopes
    do not decay.

        parameters <- parameters - learning_rate (d + strength parameters)

    Args:
        direction: tree of arrays with the optimizer's direction d.
        parameters: tree with the same structure as direction.
        kernels: tree with the same structure, with 1 for kernels and 0 for other
            parameters. A single number may stand for a whole array.
        strength: >= 0, strength of the decay.

    Returns:
        A tree with the same structure as direction.

    Example:
        >>> import jax.numpy as jnp
        >>> d, w = {"kernel": jnp.ones(2)}, {"kernel": jnp.array([2.0, -4.0])}
        >>> decay(d, w, {"kernel": 1.0}, strength=0.5)["kernel"].tolist()
        [2.0, -1.0]
    """
    return jax.tree.map(
        lambda d, p, kernel: d + strength * kernel * p, direction, parameters, kernels
    )
