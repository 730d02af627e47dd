"""Regression losses computed from raw outputs."""

import jax.numpy as jnp
import optax
from jaxtyping import Array, Float, Num

from assay import spec
from assay.costs._links import identity
from assay.costs._loss import implements

__all__ = ["absolute_error", "huber", "squared_error"]


@implements(spec.SquaredError, tasks=("regression",), link=identity)
def squared_error(
    outputs: Float[Array, "*n 1"], targets: Num[Array, "*n"]
) -> Float[Array, "*n"]:
    """Compute the squared error. Its mean is the MSE, or L2 cost.

    Args:
        outputs: (n, 1) predictions.
        targets: (n,) numbers.

    Returns:
        (n,) losses >= 0.

    Example:
        >>> squared_error(jnp.array([[3.0]]), jnp.array([1.0])).tolist()
        [4.0]
    """
    return jnp.square(outputs[..., 0] - targets)


@implements(spec.AbsoluteError, tasks=("regression",), link=identity)
def absolute_error(
    outputs: Float[Array, "*n 1"], targets: Num[Array, "*n"]
) -> Float[Array, "*n"]:
    """Compute the absolute error. Its mean is the MAE, or L1 cost.

    Args:
        outputs: (n, 1) predictions.
        targets: (n,) numbers.

    Returns:
        (n,) losses >= 0.

    Example:
        >>> absolute_error(jnp.array([[3.0]]), jnp.array([1.0])).tolist()
        [2.0]
    """
    return jnp.abs(outputs[..., 0] - targets)


@implements(spec.Huber, tasks=("regression",), link=identity)
def huber(
    outputs: Float[Array, "*n 1"],
    targets: Num[Array, "*n"],
    *,
    delta: float | Num[Array, ""],
) -> Float[Array, "*n"]:
    """Penalize small errors quadratically and large ones linearly.

    Args:
        outputs: (n, 1) predictions.
        targets: (n,) numbers.
        delta: error at which the loss becomes linear, in units of the target.

    Returns:
        (n,) losses >= 0.

    Example:
        >>> huber(jnp.array([[0.5], [3.0]]), jnp.array([0.0, 0.0]), delta=1.0).tolist()
        [0.125, 2.5]
    """
    return optax.huber_loss(outputs[..., 0], targets, delta=delta)  # type: ignore[arg-type]
