"""Gradient norms and gradient clipping."""

from typing import TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree

from assay.optim._scalar import Scalar

__all__ = ["clip_by_global_norm", "global_norm"]

Tree = TypeVar("Tree", bound=PyTree[Float[Array, "..."]])


def global_norm(updates: object) -> Float[Array, ""]:
    """Return the Euclidean norm of all arrays in a tree, treated as one vector.

    Args:
        updates: tree of arrays.

    Returns:
        () the square root of the sum of all squares.

    Example:
        >>> float(global_norm({"w": jnp.array([3.0]), "b": jnp.array([4.0])}))
        5.0
    """
    # Multiply absolute values instead of squaring. Adam also computes the squares, and
    # XLA would store them for both uses instead of summing them immediately.
    squares = [jnp.abs(leaf) * jnp.abs(leaf) for leaf in jax.tree.leaves(updates)]
    return jnp.sqrt(sum(square.sum() for square in squares))


def clip_by_global_norm(updates: Tree, max_norm: Scalar) -> Tree:
    """Scale updates down to a maximum norm, keeping their direction.

    Clipping prevents exploding gradients, mainly in recurrent networks. All arrays are
    scaled by the same factor.

        updates * min(1, max_norm / global_norm(updates))

    Args:
        updates: tree of arrays.
        max_norm: > 0, maximum norm, which may be traced; inf disables clipping.

    Returns:
        A tree with the same structure as updates. Updates whose norm is nan are
        returned unchanged.

    Example:
        >>> clip_by_global_norm(jnp.array([3.0, 4.0]), 2.5).tolist()
        [1.5, 2.0]

    References:
        Pascanu et al., On the Difficulty of Training Recurrent Neural Networks, 2013.
    """
    # Compute the factor once. Optax would divide, multiply and select for each array.
    norm = global_norm(updates)
    factor = jnp.where(norm > max_norm, max_norm / norm, 1)
    return jax.tree.map(lambda update: update * factor.astype(update.dtype), updates)
