"""Early stopping: training ends when val no longer improves."""

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
    """Judge one epoch by its val cost.

    A cost that is not a number is not an improvement.

    improved = value < best - min_improvement; stale_epochs restarts from 0 when it
    improved, else grows by 1; stop = stale_epochs >= patience_epochs.

    Args:
        value: val cost after this epoch, scalar.
        best: lowest val cost before it.
        stale_epochs: epochs since that was reached.
        patience_epochs: >= 1, how many epochs in a row may pass without improvement.
        min_improvement: >= 0, how much lower a cost must be to count as an improvement.

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
