"""Penalties on the size of weights."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp

from assay import spec
from assay.regularize._weight_decay import is_kernel

__all__ = ["PENALTIES", "Penalty", "implements", "l1", "l2", "penalty"]


@dataclass(frozen=True, eq=False)
class Penalty(spec.Member):
    """A term that is added to the cost and penalizes large weights.

    Args:
        declaration: spec class, such as `spec.L2`.
        cost: function that maps (weights, **hyperparameters) to the penalty, a scalar.

    Example:
        >>> from assay.regularize import PENALTIES
        >>> PENALTIES["l2"].formula
        'strength·Σw²'
    """

    cost: Callable[..., jax.Array]


PENALTIES: spec.Registry[Penalty] = spec.Registry("penalty")
implements = PENALTIES.implementer(Penalty)


@implements(spec.L1)
def l1(weights: jax.Array, strength: jax.Array) -> jax.Array:
    """Return strength times the sum of |w|.

    Args:
        weights: array of any shape.
        strength: cost per unit of |w|.

    Returns:
        The penalty, a scalar.

    Example:
        >>> float(l1(jnp.array([1.0, -2.0]), 0.5))
        1.5
    """
    # A product is used because jnp.abs has a derivative of 1 at 0, which would move
    # weights away from 0.
    return strength * (weights * jnp.sign(weights)).sum()


@implements(spec.L2)
def l2(weights: jax.Array, strength: jax.Array) -> jax.Array:
    """Return strength times the sum of w².

    Args:
        weights: array of any shape.
        strength: cost per unit of w².

    Returns:
        The penalty, a scalar.

    Example:
        >>> float(l2(jnp.array([1.0, -2.0]), 0.5))
        2.5
    """
    return strength * jnp.square(weights).sum()


def penalty(parameters: Any, regularizers: Mapping[str, Any]) -> jax.Array | float:
    """Return the sum of the penalties over all kernels of a network.

    Biases, scales and slopes are not penalized, because making them smaller would not
    make the function simpler.

    Args:
        parameters: arrays nested by layer and name; kernels are named "kernel".
        regularizers: hyperparameters keyed by kind, such as {"l2": {"strength": 1e-4}}.
            Kinds that are not penalties are skipped.

    Returns:
        The penalty, a scalar.

    Example:
        >>> dense = {"kernel": jnp.array([[1.0, -2.0]]), "bias": jnp.array([9.0])}
        >>> float(penalty({"dense1": dense}, {"l2": {"strength": 0.1}}))
        0.5
    """
    kinds = [kind for kind in PENALTIES if kind in regularizers]
    if not kinds:
        return 0.0
    leaves = jax.tree_util.tree_leaves_with_path(parameters)
    kernels = [leaf for path, leaf in leaves if is_kernel(path)]
    return sum(PENALTIES[k].cost(w, **regularizers[k]) for k in kinds for w in kernels)
