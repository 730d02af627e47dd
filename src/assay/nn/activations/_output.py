"""Activations for output layers."""

import jax
import jax.numpy as jnp

from assay import spec
from assay.nn.activations._activation import Values, activation


@activation(spec.Identity, initializer="glorot")
def identity(x: Values) -> Values:
    """Return x.

    Example:
        >>> identity(jnp.array([-1.0, 2.0])).tolist()
        [-1.0, 2.0]
    """
    return x


@activation(
    spec.Softmax, initializer="glorot", saturates=True, diagonal=lambda y: y * (1 - y)
)
def softmax(x: Values) -> Values:
    """Return exp(x) divided by its sum over the last axis.

    Example:
        >>> softmax(jnp.array([7.0, 7.0])).tolist()
        [0.5, 0.5]
    """
    return jax.nn.softmax(x)


@activation(spec.LogSoftmax, initializer="glorot", diagonal=lambda y: -jnp.expm1(y))
def log_softmax(x: Values) -> Values:
    """Return x minus the logarithm of the sum of exp(x) over the last axis.

    Example:
        >>> [round(value, 4) for value in log_softmax(jnp.array([7.0, 7.0])).tolist()]
        [-0.6931, -0.6931]
    """
    return jax.nn.log_softmax(x)
