"""Activation functions, from the simplest to those defined by an integral.

The specs explain when to use them. x may have any shape, and y has the same shape.
Softmax and log softmax normalize over the last axis.
"""

import math

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Float

from assay import spec
from assay.nn.activations._activation import Values, activation

Scalar = Float[ArrayLike, ""]
Slopes = Float[ArrayLike, "*channels"]  # one number, or an array that broadcasts to x


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


@activation(spec.HardSigmoid, initializer="glorot", saturates=True)
def hard_sigmoid(x: Values, *, slope: Scalar) -> Values:
    """Return slope x + 1/2, limited to [0, 1]; the derivative at the corners is 0.

    Args:
        x: any shape.
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


@activation(spec.ReLU, initializer="he", gain=2**0.5)  # half of the signal passes
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
def parametric_relu(x: Values, *, negative_slope: Slopes) -> Values:
    """Return `leaky_relu` with a learned slope.

    Args:
        x: any shape.
        negative_slope: the learned slope, or slopes that broadcast to x.

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


@activation(spec.CELU, initializer="he", gain=1.2452)
def celu(x: Values, *, alpha: Scalar) -> Values:
    """Return x if x > 0, else alpha (exp(x/alpha) - 1), which is greater than -alpha.

    Args:
        x: any shape.
        alpha: positive; y approaches -alpha for large negative x.

    Example:
        >>> celu(jnp.array([-100.0, 2.0]), alpha=0.5).tolist()
        [-0.5, 2.0]
    """
    return jax.nn.celu(x, jnp.asarray(alpha, x.dtype))


@activation(spec.SELU, initializer="he", gain=1.0)
def selu(x: Values) -> Values:
    """Return a scaled ELU that keeps the mean and variance of normal inputs.

    Example:
        >>> [round(value, 4) for value in selu(jnp.array([-100.0, 2.0])).tolist()]
        [-1.7581, 2.1014]
    """
    return jax.nn.selu(x)


@activation(spec.GELU, initializer="he", gain=1.5335)
def gelu(x: Values) -> Values:
    """Return x times the standard normal distribution function at x.

    The minimum is about -0.17.

    Example:
        >>> [round(value, 4) for value in gelu(jnp.array([-1.0, 1.0])).tolist()]
        [-0.1587, 0.8413]
    """
    return jax.nn.gelu(x, approximate=False)  # exact, not the tanh approximation


# The approximation is flat beyond this point, where the cube would overflow.
_GELU_LIMIT = 10.0


@activation(spec.GELUTanh, initializer="he", gain=1.5336)
def gelu_tanh(x: Values) -> Values:
    """Return the tanh approximation of `gelu`.

    Example:
        >>> [round(value, 4) for value in gelu_tanh(jnp.array([-1.0, 1.0])).tolist()]
        [-0.1588, 0.8412]
    """
    near = jnp.clip(x, -_GELU_LIMIT, _GELU_LIMIT)
    inside = (2 / math.pi) ** 0.5 * (near + 0.044715 * near**3)
    # (1 + tanh(z))/2 = sigmoid(2 z), which is more precise for negative x
    return x * jax.nn.sigmoid(2 * inside)


@activation(spec.SiLU, initializer="he", gain=1.6765)
def silu(x: Values) -> Values:
    """Return x sigmoid(x), which has a minimum of about -0.28.

    Example:
        >>> [round(value, 4) for value in silu(jnp.array([-1.0, 1.0])).tolist()]
        [-0.2689, 0.7311]
    """
    return jax.nn.silu(x)


@activation(spec.HardSwish, initializer="he", gain=1.7367)
def hard_swish(x: Values) -> Values:
    """Return x times `hard_sigmoid` with the slope 1/6.

    The minimum is -0.375, at x = -1.5.

    Example:
        >>> hard_swish(jnp.array([-4.0, -1.5, 9.0])).tolist()
        [-0.0, -0.375, 9.0]
    """
    return x * hard_sigmoid(x, slope=1 / 6)


@activation(spec.Mish, initializer="he", gain=1.4868)
def mish(x: Values) -> Values:
    """Return x tanh(softplus(x)), which has a minimum of about -0.31.

    Example:
        >>> [round(value, 4) for value in mish(jnp.array([-1.0, 1.0])).tolist()]
        [-0.3034, 0.8651]
    """
    return x * jnp.tanh(jax.nn.softplus(x))


@activation(spec.Softplus, initializer="he", gain=1.0419)
def softplus(x: Values) -> Values:
    """Return log(1 + exp(x)), which is positive.

    Example:
        >>> [round(value, 4) for value in softplus(jnp.array([0.0, 100.0])).tolist()]
        [0.6931, 100.0]
    """
    return jax.nn.softplus(x)
