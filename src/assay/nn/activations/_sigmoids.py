"""Activations with S-shaped curves that saturate on both sides."""

import jax
import jax.numpy as jnp

from assay import spec
from assay.nn.activations._activation import Scalar, Values, activation


@activation(spec.Sigmoid, initializer="glorot", saturates=True)
def sigmoid(x: Values) -> Values:
    """Return 1 / (1 + exp(-x)), which is in (0, 1).

    Example:
        >>> sigmoid(jnp.array([0.0])).tolist()
        [0.5]
    """
    return jax.nn.sigmoid(x)


@activation(spec.HardSigmoid, initializer="glorot", saturates=True)
def hard_sigmoid(x: Values, *, slope: Scalar) -> Values:
    """Return slope x + 1/2, clipped to [0, 1]; the derivative at the corners is 0.

    Args:
        x: array of any shape.
        slope: positive; the derivative between the corners.

    Example:
        >>> hard_sigmoid(jnp.array([-9.0, 0.0, 1.0]), slope=0.25).tolist()
        [0.0, 0.5, 0.75]
    """
    line = jnp.asarray(slope, x.dtype) * x + 0.5
    return jnp.where(line >= 1, jnp.ones_like(x), jax.nn.relu(line))


@activation(spec.Tanh, initializer="glorot", saturates=True)
def tanh(x: Values) -> Values:
    """Return the hyperbolic tangent, which is in (-1, 1).

    Example:
        >>> tanh(jnp.array([0.0])).tolist()
        [0.0]
    """
    return jnp.tanh(x)


@activation(spec.Softsign, initializer="he", gain=2.3375, saturates=True)
def softsign(x: Values) -> Values:
    """Return x / (1 + |x|), which is in (-1, 1).

    Example:
        >>> softsign(jnp.array([-1.0, 0.0, 3.0])).tolist()
        [-0.5, 0.0, 0.75]
    """
    return x / (1 + jnp.abs(x))


@activation(spec.ISRU, initializer="he", gain=1.7042, saturates=True)
def isru(x: Values, *, alpha: Scalar) -> Values:
    """Return x / √(1 + alpha x²), which is in (-1/√alpha, 1/√alpha).

    Args:
        x: array of any shape.
        alpha: positive; the slope at 0 is 1 for every alpha.

    Example:
        >>> y = isru(jnp.array([0.0, 0.75, 100.0]), alpha=1.0)
        >>> [round(value, 4) for value in y.tolist()]
        [0.0, 0.6, 1.0]
    """
    # Divide by the hypotenuse, because the square of a large x would overflow.
    root = jnp.sqrt(jnp.asarray(alpha, x.dtype))
    return x / jnp.hypot(jnp.ones_like(x), root * x)
