"""Losses of regression, from the plainest on."""

import jax
import jax.numpy as jnp
import optax

from assay.costs._links import identity
from assay.costs._loss import Loss

__all__ = [
    "ABSOLUTE_ERROR",
    "HUBER",
    "SQUARED_ERROR",
    "absolute_error",
    "huber",
    "squared_error",
]


def squared_error(outputs: jax.Array, targets: jax.Array) -> jax.Array:
    """Square the error; its mean is the MSE, or L2 cost.

    The default for regression: its minimum is the conditional mean. An outlier
    counts by its square; where there are some, take `huber` or `absolute_error`.

        loss = (outputs - targets)**2

    Args:
        outputs: (n, 1) predictions.
        targets: (n,) numbers.

    Returns:
        (n,) losses >= 0.

    Example:
        >>> squared_error(jnp.array([[3.0]]), jnp.array([1.0])).tolist()
        [4.0]

    References:
        Bishop, Pattern Recognition and Machine Learning, 2006, section 1.5.5.
    """
    return jnp.square(outputs[..., 0] - targets)


SQUARED_ERROR = Loss(
    name="squared_error",
    formula="(outputs - targets)²",
    direction="minimize",
    tasks=("regression",),
    loss=squared_error,
    link=identity,
    num_outputs=lambda num_classes: 1,
)


def absolute_error(outputs: jax.Array, targets: jax.Array) -> jax.Array:
    """Take the error's absolute value; its mean is the MAE, or L1 cost.

    Its minimum is the conditional median, which outliers hardly move. The gradient
    has the same size however small the error (0 at 0).

        loss = |outputs - targets|

    Args:
        outputs: (n, 1) predictions.
        targets: (n,) numbers.

    Returns:
        (n,) losses >= 0.

    Example:
        >>> absolute_error(jnp.array([[3.0]]), jnp.array([1.0])).tolist()
        [2.0]

    References:
        Bishop, Pattern Recognition and Machine Learning, 2006, section 1.5.5.
    """
    return jnp.abs(outputs[..., 0] - targets)


ABSOLUTE_ERROR = Loss(
    name="absolute_error",
    formula="|outputs - targets|",
    direction="minimize",
    tasks=("regression",),
    loss=absolute_error,
    link=identity,
    num_outputs=lambda num_classes: 1,
)


def huber(
    outputs: jax.Array, targets: jax.Array, *, delta: float | jax.Array = 1.0
) -> jax.Array:
    """Square small errors, take large ones linearly.

    As smooth as `squared_error` near the target, as little moved by outliers as
    `absolute_error` beyond delta.

        loss = r**2 / 2 if |r| <= delta else delta * (|r| - delta / 2),
        r = outputs - targets

    Args:
        outputs: (n, 1) predictions.
        targets: (n,) numbers.
        delta: > 0, the error at which the loss turns linear, in units of the target;
            1 fits standardized targets.

    Returns:
        (n,) losses >= 0.

    Example:
        >>> huber(jnp.array([[0.5], [3.0]]), jnp.array([0.0, 0.0])).tolist()
        [0.125, 2.5]

    References:
        Huber, Robust Estimation of a Location Parameter, 1964.
    """
    return optax.huber_loss(outputs[..., 0], targets, delta=delta)


HUBER = Loss(
    name="huber",
    formula="r²/2 if |r| ≤ delta else delta·(|r| - delta/2), r = outputs - targets",
    direction="minimize",
    tasks=("regression",),
    loss=huber,
    link=identity,
    num_outputs=lambda num_classes: 1,
    hyperparameters=("delta",),
)
