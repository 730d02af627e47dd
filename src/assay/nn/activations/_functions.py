"""Activation functions, from the simplest to those defined by an integral.

Their specs explain when to use them. x may have any shape, and y has the same shape.
Softmax normalizes over the last axis.
"""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Float

from assay import spec
from assay.nn.activations._activation import Values, activation

Scalar = Float[ArrayLike, ""]


def _gain_of_slope(negative_slope: float) -> float:
    """Return the gain of a leaky ReLU (He et al., 2015, eq. 15).

    Each side of 0 contributes half of the mean square of a normal signal.
    """
    return (2 / (1 + negative_slope**2)) ** 0.5


@activation(spec.Identity, initializer="glorot")
def identity(x: Values) -> Values:
    """Return x.

    Example:
        >>> identity(jnp.array([-1.0, 2.0])).tolist()
        [-1.0, 2.0]
    """
    return x


@activation(spec.Sigmoid, initializer="glorot", saturates=True)
def sigmoid(x: Values) -> Values:
    """Return 1 / (1 + exp(-x)), which is in (0, 1).

    Example:
        >>> sigmoid(jnp.array([0.0])).tolist()
        [0.5]
    """
    return jax.nn.sigmoid(x)


@activation(spec.Tanh, initializer="glorot", saturates=True)
def tanh(x: Values) -> Values:
    """Return the hyperbolic tangent, which is in (-1, 1).

    Example:
        >>> tanh(jnp.array([0.0])).tolist()
        [0.0]
    """
    return jnp.tanh(x)


@activation(spec.ISRU, initializer="he", gain=1.7042, saturates=True)
def isru(x: Values, *, alpha: Scalar) -> Values:
    """Return x / √(1 + alpha x²), which is in (-1/√alpha, 1/√alpha).

    Args:
        x: any shape.
        alpha: positive; the slope at 0 is 1 for every alpha.

    Example:
        >>> y = isru(jnp.array([0.0, 0.75, 100.0]), alpha=1.0)
        >>> [round(value, 4) for value in y.tolist()]
        [0.0, 0.6, 1.0]
    """
    # dividing by the hypotenuse keeps the square of a large x from overflowing
    root = jnp.sqrt(jnp.asarray(alpha, x.dtype))
    return x / jnp.hypot(jnp.ones_like(x), root * x)


@activation(spec.Softmax, initializer="glorot", saturates=True, elementwise=False)
def softmax(x: Values) -> Values:
    """Return exp(x) divided by its sum over the last axis.

    Example:
        >>> softmax(jnp.array([7.0, 7.0])).tolist()
        [0.5, 0.5]
    """
    return jax.nn.softmax(x)


@activation(spec.ReLU, initializer="he", gain=2**0.5)  # half of the signal passes
def relu(x: Values) -> Values:
    """Return max(0, x); the derivative at 0 is 0.

    Example:
        >>> relu(jnp.array([-1.0, 2.0])).tolist()
        [0.0, 2.0]
    """
    return jax.nn.relu(x)


@activation(
    spec.LeakyReLU,
    initializer="he",
    gain=_gain_of_slope(spec.LeakyReLU.defaults()["negative_slope"]),
)
def leaky_relu(x: Values, *, negative_slope: Scalar) -> Values:
    """Return x if x > 0, else negative_slope x; the derivative at 0 is negative_slope.

    Args:
        x: any shape.
        negative_slope: at least 0, usually much less than 1.

    Example:
        >>> leaky_relu(jnp.array([-4.0, 2.0]), negative_slope=0.25).tolist()
        [-1.0, 2.0]
    """
    # A float32 slope must not promote x from bfloat16 to float32.
    return jnp.where(x > 0, x, jnp.asarray(negative_slope, x.dtype) * x)


@activation(
    spec.ParametricReLU,
    initializer="he",
    gain=_gain_of_slope(spec.ParametricReLU.learned["negative_slope"]),
)
def parametric_relu(x: Values, *, negative_slope: Scalar) -> Values:
    """Return `leaky_relu` with a learned slope.

    Args:
        x: any shape.
        negative_slope: the learned slope.

    Example:
        >>> parametric_relu(jnp.array([-4.0, 2.0]), negative_slope=0.5).tolist()
        [-2.0, 2.0]
    """
    return leaky_relu(x, negative_slope=negative_slope)


# The gains of the smooth functions were computed to five figures by numerical
# integration over z from -12 to 12. The tests repeat the integration.
@activation(spec.ELU, initializer="he", gain=1.2452)
def elu(x: Values, *, alpha: Scalar) -> Values:
    """Return x if x > 0, else alpha (exp(x) - 1), which is greater than -alpha.

    Args:
        x: any shape.
        alpha: positive; y approaches -alpha for large negative x.

    Example:
        >>> elu(jnp.array([-100.0, 2.0]), alpha=0.5).tolist()
        [-0.5, 2.0]
    """
    return jax.nn.elu(x, jnp.asarray(alpha, x.dtype))


@activation(spec.GELU, initializer="he", gain=1.5335)
def gelu(x: Values) -> Values:
    """Return x times the standard normal distribution function at x.

    The minimum is about -0.17.

    Example:
        >>> [round(value, 4) for value in gelu(jnp.array([-1.0, 1.0])).tolist()]
        [-0.1587, 0.8413]
    """
    return jax.nn.gelu(x, approximate=False)  # exact, not the tanh approximation


@activation(spec.SiLU, initializer="he", gain=1.6765)
def silu(x: Values) -> Values:
    """Return x sigmoid(x), which has a minimum of about -0.28.

    Example:
        >>> [round(value, 4) for value in silu(jnp.array([-1.0, 1.0])).tolist()]
        [-0.2689, 0.7311]
    """
    return jax.nn.silu(x)


@activation(spec.Softplus, initializer="he", gain=1.0419)
def softplus(x: Values) -> Values:
    """Return log(1 + exp(x)), which is positive.

    Example:
        >>> [round(value, 4) for value in softplus(jnp.array([0.0, 100.0])).tolist()]
        [0.6931, 100.0]
    """
    return jax.nn.softplus(x)
