"""Penalties on the size of the weights."""

from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp

from assay.regularize._weight_decay import is_kernel

__all__ = ["PENALTIES", "l1", "l2", "penalty"]


def l1(weights: jax.Array, strength: jax.Array) -> jax.Array:
    """Return strength times the sum of |w|: many weights become exactly useless.

    For inputs most of which do not matter. The pull on a weight is the same however
    small it is; a weight of 0 is left there.

        strength sum |w|

    Args:
        weights: any shape.
        strength: >= 0, how much a unit of |w| costs.

    Returns:
        Scalar.

    Example:
        >>> float(l1(jnp.array([1.0, -2.0]), 0.5))
        1.5

    References:
        Tibshirani, 1996, "Regression shrinkage and selection via the lasso".
    """
    # as a product, for jnp.abs has derivative 1 at 0, which would move a zero weight
    return strength * (weights * jnp.sign(weights)).sum()


def l2(weights: jax.Array, strength: jax.Array) -> jax.Array:
    """Return strength times the sum of w squared: large weights cost most.

    The usual choice. The pull on a weight is in proportion to it; under Adam and its
    kin, which divide it away, take weight decay (AdamW).

        strength sum w^2

    Args:
        weights: any shape.
        strength: >= 0, how much a unit of w squared costs.

    Returns:
        Scalar.

    Example:
        >>> float(l2(jnp.array([1.0, -2.0]), 0.5))
        2.5

    References:
        Hoerl and Kennard, 1970, "Ridge regression".
    """
    return strength * jnp.square(weights).sum()


PENALTIES: dict[str, Callable[..., jax.Array]] = {"l1": l1, "l2": l2}


def penalty(parameters: Any, regularizers: Mapping[str, Any]) -> jax.Array | float:
    """Return the sum of the penalties asked for, over every kernel of a model.

    Biases, scales and slopes are left free: to hold them small does not make the
    function simpler.

    Args:
        parameters: nested by layer and name; kernels are those named "kernel".
        regularizers: hyper-parameters by kind, such as {"l2": {"strength": 1e-4}};
            kinds that are no penalty are passed over.

    Returns:
        Scalar.

    Example:
        >>> dense = {"kernel": jnp.array([[1.0, -2.0]]), "bias": jnp.array([9.0])}
        >>> float(penalty({"dense1": dense}, {"l2": {"strength": 0.1}}))
        0.5
    """
    asked = [kind for kind in PENALTIES if kind in regularizers]
    if not asked:
        return 0.0
    leaves = jax.tree_util.tree_leaves_with_path(parameters)
    kernels = [leaf for path, leaf in leaves if is_kernel(path)]
    return sum(PENALTIES[k](w, **regularizers[k]) for k in asked for w in kernels)
