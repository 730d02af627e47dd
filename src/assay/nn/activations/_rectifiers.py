"""The ReLU and activations that differ from it only for negative values."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Float

from assay import spec
from assay.nn.activations._activation import Scalar, Values, activation

Slopes = Float[ArrayLike, "*channels"]  # one number, or an array that broadcasts to x


def _gain_of_slope(negative_slope: float) -> float:
    """Return the gain of a leaky ReLU (He et al., 2015, eq. 15).

    Positive and negative values each contribute half of a normal signal's mean square.
    """
    return (2 / (1 + negative_slope**2)) ** 0.5


@activation(spec.ReLU, initializer="he", gain=2**0.5)  # ReLU halves the mean square
def relu(x: Values) -> Values:
    """Return max(0, x); the derivative at 0 is 0.

    Example:
        >>> relu(jnp.array([-1.0, 2.0])).tolist()
        [0.0, 2.0]
    """
    return jax.nn.relu(x)


@activation(spec.ReLU6, initializer="he", gain=2**0.5)
def relu6(x: Values) -> Values:
    """Return min(max(0, x), 6); the derivative at 0 and at 6 is 0.

    Example:
        >>> relu6(jnp.array([-1.0, 2.0, 9.0])).tolist()
        [0.0, 2.0, 6.0]
    """
    return jnp.where(x >= 6, jnp.full_like(x, 6), jax.nn.relu(x))


@activation(
    spec.LeakyReLU,
    initializer="he",
    gain=_gain_of_slope(spec.LeakyReLU.defaults()["negative_slope"]),
)
def leaky_relu(x: Values, *, negative_slope: Slopes) -> Values:
    """Return x if x > 0, else negative_slope x; the derivative at 0 is negative_slope.

    Args:
        x: array of any shape.
        negative_slope: at least 0, usually much less than 1.

    Example:
        >>> leaky_relu(jnp.array([-4.0, 2.0]), negative_slope=0.25).tolist()
        [-1.0, 2.0]
    """
    # Cast the slope, because a float32 slope would promote x from bfloat16 to float32.
    return jnp.where(x > 0, x, jnp.asarray(negative_slope, x.dtype) * x)


@activation(
    spec.ParametricReLU,
    initializer="he",
    gain=_gain_of_slope(spec.ParametricReLU.learned["negative_slope"]),
)
def parametric_relu(x: Values, *, negative_slope: Slopes) -> Values:
    """Return `leaky_relu` with a learned slope.

    Args:
        x: array of any shape.
        negative_slope: the learned slope, or slopes that broadcast to x.

    Example:
        >>> parametric_relu(jnp.array([-4.0, 2.0]), negative_slope=0.5).tolist()
        [-2.0, 2.0]
    """
    return leaky_relu(x, negative_slope=negative_slope)


@activation(spec.ELU, initializer="he", gain=1.2452)
def elu(x: Values, *, alpha: Scalar) -> Values:
    """Return x if x > 0, else alpha (exp(x) - 1), which is greater than -alpha.

    Args:
        x: array of any shape.
        alpha: positive; y approaches -alpha for large negative x.

    Example:
        >>> elu(jnp.array([-100.0, 2.0]), alpha=0.5).tolist()
        [-0.5, 2.0]
    """
    return jax.nn.elu(x, jnp.asarray(alpha, x.dtype))


@activation(spec.CELU, initializer="he", gain=1.2452)
def celu(x: Values, *, alpha: Scalar) -> Values:
    """Return x if x > 0, else alpha (exp(x/alpha) - 1), which is greater than -alpha.

    Args:
        x: array of any shape.
        alpha: positive; y approaches -alpha for large negative x.

    Example:
        >>> celu(jnp.array([-100.0, 2.0]), alpha=0.5).tolist()
        [-0.5, 2.0]
    """
    return jax.nn.celu(x, jnp.asarray(alpha, x.dtype))


@activation(spec.SELU, initializer="he", gain=1.0)
def selu(x: Values) -> Values:
    """Return a scaled ELU that keeps the mean and variance of standard normal inputs.

    Example:
        >>> [round(value, 4) for value in selu(jnp.array([-100.0, 2.0])).tolist()]
        [-1.7581, 2.1014]
    """
    return jax.nn.selu(x)
