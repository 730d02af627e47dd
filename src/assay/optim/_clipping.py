"""The size of a gradient, and a bound on it."""

from typing import TypeVar

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PyTree

from assay.optim._scalar import Scalar

__all__ = ["clip_by_global_norm", "global_norm"]

Tree = TypeVar("Tree", bound=PyTree[Float[Array, "..."]])


def global_norm(updates: object) -> Float[Array, ""]:
    """Return the Euclidean norm of all arrays of a tree taken as one vector.

    Args:
        updates: tree of arrays.

    Returns:
        () the root of the sum of all squares.

    Example:
        >>> float(global_norm({"w": jnp.array([3.0]), "b": jnp.array([4.0])}))
        5.0
    """
    # By absolute values, taken twice: a plain square is the very product that Adam's
    # rule has, and XLA then writes it to memory for both instead of summing right away.
    squares = [jnp.abs(leaf) * jnp.abs(leaf) for leaf in jax.tree.leaves(updates)]
    return jnp.sqrt(sum(square.sum() for square in squares))


def clip_by_global_norm(updates: Tree, max_norm: Scalar) -> Tree:
    """Shorten updates to a greatest norm, keeping their direction.

    Against exploding gradients, above all of recurrent networks. All arrays are
    scaled by one factor.

        updates * min(1, max_norm / global_norm(updates))

    Args:
        updates: tree of arrays.
        max_norm: > 0; inf leaves the updates as they are. May be traced.

    Returns:
        A tree like updates. Updates whose norm is nan are returned as they are.

    Example:
        >>> clip_by_global_norm(jnp.array([3.0, 4.0]), 2.5).tolist()
        [1.5, 2.0]

    References:
        Pascanu et al., On the Difficulty of Training Recurrent Neural Networks, 2013.
    """
    # One factor for all arrays; Optax divides, multiplies and selects in each.
    norm = global_norm(updates)
    factor = jnp.where(norm > max_norm, max_norm / norm, 1)
    return jax.tree.map(lambda update: update * factor.astype(update.dtype), updates)
