"""Stops training when the val cost no longer improves.

The training program calls `patience` in `assay.training.program._epoch_end`.
"""

import jax
import jax.numpy as jnp

__all__ = ["patience"]


def patience(
    value: jax.Array,
    best: jax.Array,
    stale_epochs: jax.Array,
    *,
    patience_epochs: jax.Array,
    min_improvement: jax.Array,
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Decide whether to stop, given the val cost of an epoch.

    A cost of nan does not count as an improvement.

        improved = value < best - min_improvement
        stale_epochs <- 0 if improved, else stale_epochs + 1
        stop = stale_epochs >= patience_epochs

    Args:
        value: val cost after this epoch, a scalar.
        best: val cost at the last improvement.
        stale_epochs: number of epochs since the last improvement.
        patience_epochs: >= 1, number of epochs without improvement before stopping.
        min_improvement: >= 0, minimum decrease that counts as an improvement.

    Returns:
        (improved, stale_epochs, stop).

    Example:
        >>> improved, stale, stop = patience(
        ...     0.9, 0.8, 4, patience_epochs=5, min_improvement=0.0
        ... )
        >>> bool(improved), int(stale), bool(stop)
        (False, 5, True)
    """
    improved = value < best - min_improvement
    stale_epochs = jnp.where(improved, 0, stale_epochs + 1)
    return improved, stale_epochs, stale_epochs >= patience_epochs
