"""Label smoothing, which replaces hard targets with soft targets."""

import jax
import jax.numpy as jnp

__all__ = ["smooth_labels", "soft_targets"]


def soft_targets(targets: jax.Array, num_outputs: int) -> jax.Array:
    """Return targets as distributions (n, k), or as probabilities of class 1 (n,).

    Args:
        targets: (n,) class indices, or targets that are already soft.
        num_outputs: number of outputs k; 1 for two classes with a single output.

    Example:
        >>> soft_targets(jnp.array([2, 0]), 3).tolist()
        [[0.0, 0.0, 1.0], [1.0, 0.0, 0.0]]
        >>> soft_targets(jnp.array([1, 0]), 1).tolist()
        [1.0, 0.0]
    """
    if num_outputs == 1 or targets.ndim == 2:
        return targets.astype(jnp.float32)
    return jax.nn.one_hot(targets, num_outputs, dtype=jnp.float32)


def smooth_labels(
    targets: jax.Array, num_outputs: int, amount: jax.Array | float
) -> jax.Array:
    """Spread a fraction of every target evenly over all classes.

    Only training targets are smoothed.

        target = (1 - amount) t + amount / k

    Args:
        targets: (n,) class indices, (n,) probabilities of class 1, or (n, k)
            distributions.
        num_outputs: number of network outputs: k, or 1 for two classes (k = 2).
        amount: fraction to spread, in [0, 1).

    Returns:
        (n, k) distributions, or (n,) probabilities of class 1 for one output.

    Example:
        >>> smooth_labels(jnp.array([1]), 4, 0.2).round(2).tolist()
        [[0.05, 0.85, 0.05, 0.05]]
        >>> smooth_labels(jnp.array([1, 0]), 1, 0.5).round(2).tolist()
        [0.75, 0.25]
    """
    num_classes = max(num_outputs, 2)
    return (1 - amount) * soft_targets(targets, num_outputs) + amount / num_classes
