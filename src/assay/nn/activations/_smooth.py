"""Smooth variants of the ReLU and cheaper approximations of them."""

import math

import jax
import jax.numpy as jnp

from assay import spec
from assay.nn.activations._activation import Values, activation
from assay.nn.activations._sigmoids import hard_sigmoid


@activation(spec.GELU, initializer="he", gain=1.5335)
def gelu(x: Values) -> Values:
    """Return x times the standard normal distribution function at x.

    The minimum is about -0.17.

    Example:
        >>> [round(value, 4) for value in gelu(jnp.array([-1.0, 1.0])).tolist()]
        [-0.1587, 0.8413]
    """
    return jax.nn.gelu(x, approximate=False)  # the exact function


# Inputs to the tanh approximation are clipped to ± this value, because their cube could
# overflow. Beyond this value, the tanh is constant.
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
    """Return x times `hard_sigmoid` with a slope of 1/6.

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
