"""Activation functions: what a unit makes of its weighted sum.

For each member: its formula, its exact derivative by automatic differentiation, and
the initialization that fits it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import jax
import jax.numpy as jnp

from assay._errors import InputError, did_you_mean, fault

__all__ = [
    "REGISTRY",
    "Activation",
    "derivative",
    "elu",
    "gelu",
    "get",
    "identity",
    "leaky_relu",
    "parametric_relu",
    "relu",
    "sigmoid",
    "silu",
    "softmax",
    "softplus",
    "tanh",
]


@dataclass(frozen=True, eq=False)
class Activation:
    """One member: a function of a layer's outputs, and what belongs to it.

    Args:
        name: the key in the registry.
        formula: y in the names of the arguments.
        function: (x, **hyperparameters, **learned) to y in the shape of x.
        gain: of the weights before it. With "he" it keeps the mean square of normal
            signals: 1 / sqrt(E[function(z)**2]) for a standard normal z, at the
            default hyperparameters; sqrt(2) for ReLU, as in the paper.
        initializer: "he" or "glorot", the usual one of the weights before it.
        saturates: whether its derivative vanishes on both sides, so that deep
            stacks of it lose their gradients.
        hyperparameters: names and defaults, which may be traced.
        learned: names and initial values of its own parameters.
        elementwise: False where an output depends on the other inputs too.

    Example:
        >>> get("leaky_relu").hyperparameters
        {'negative_slope': 0.01}
    """

    name: str
    formula: str
    function: Callable[..., jax.Array]
    gain: float
    initializer: Literal["he", "glorot"]
    saturates: bool = False
    hyperparameters: dict[str, float] = field(default_factory=dict)
    learned: dict[str, float] = field(default_factory=dict)
    elementwise: bool = True


def identity(x: jax.Array) -> jax.Array:
    """Leave x as it is: the output of regression.

        y = x

    Args:
        x: any shape.

    Returns:
        y like x.

    Example:
        >>> identity(jnp.array([-1.0, 2.0])).tolist()
        [-1.0, 2.0]

    References:
        Goodfellow et al., Deep Learning, 2016, section 6.2.2.1.
    """
    return x


def sigmoid(x: jax.Array) -> jax.Array:
    """Squash x into (0, 1): a probability, or a gate of a recurrent layer.

    Belongs on the output of a binary task. In hidden layers it saturates, and its
    outputs are not centered on 0: take `tanh`, or better `relu`.

        y = 1 / (1 + exp(-x))

    Args:
        x: any shape.

    Returns:
        y in (0, 1) like x.

    Example:
        >>> sigmoid(jnp.array([0.0])).tolist()
        [0.5]

    References:
        LeCun et al., Efficient BackProp, 1998, section 4.4.
    """
    return jax.nn.sigmoid(x)


def tanh(x: jax.Array) -> jax.Array:
    """Squash x into (-1, 1): the hidden state of recurrent layers.

    Centered on 0, so generally better than `sigmoid`; it saturates as well.

        y = (exp(x) - exp(-x)) / (exp(x) + exp(-x))

    Args:
        x: any shape.

    Returns:
        y in (-1, 1) like x.

    Example:
        >>> tanh(jnp.array([0.0])).tolist()
        [0.0]

    References:
        LeCun et al., Efficient BackProp, 1998, section 4.4.
    """
    return jnp.tanh(x)


def softmax(x: jax.Array) -> jax.Array:
    """Turn the last axis into probabilities of classes.

    Belongs on the output of a multi-class task; the costs apply it themselves.

        y[j] = exp(x[j]) / sum over k of exp(x[k])

    Args:
        x: (..., k).

    Returns:
        y in (0, 1) like x; sums to 1 over the last axis.

    Example:
        >>> softmax(jnp.array([7.0, 7.0])).tolist()
        [0.5, 0.5]

    References:
        Bridle, Probabilistic Interpretation of Feedforward Classification Network
        Outputs, 1990.
    """
    return jax.nn.softmax(x)


def relu(x: jax.Array) -> jax.Array:
    """Keep what is positive: the usual choice of hidden and convolution layers.

    Does not saturate for x > 0. A unit whose sums are all negative gets no gradient
    and stays dead: then take `leaky_relu`.

        y = max(0, x)

    Args:
        x: any shape.

    Returns:
        y >= 0 like x; the derivative at 0 is 0.

    Example:
        >>> relu(jnp.array([-1.0, 2.0])).tolist()
        [0.0, 2.0]

    References:
        Nair and Hinton, Rectified Linear Units Improve Restricted Boltzmann
        Machines, 2010.
    """
    return jax.nn.relu(x)


def leaky_relu(x: jax.Array, *, negative_slope: float | jax.Array = 0.01) -> jax.Array:
    """Let a little of what is negative through: the first remedy for dead units.

        y = x if x > 0 else negative_slope * x

    Args:
        x: any shape.
        negative_slope: >= 0, usually much below 1.

    Returns:
        y like x; the derivative at 0 is negative_slope.

    Example:
        >>> leaky_relu(jnp.array([-4.0, 2.0]), negative_slope=0.25).tolist()
        [-1.0, 2.0]

    References:
        Maas et al., Rectifier Nonlinearities Improve Neural Network Acoustic Models,
        2013.
    """
    # A slope in float32 must not widen an x in bfloat16.
    return jnp.where(x > 0, x, jnp.asarray(negative_slope, x.dtype) * x)


def parametric_relu(
    x: jax.Array, *, negative_slope: float | jax.Array = 0.25
) -> jax.Array:
    """Learn the slope of `leaky_relu`: the second remedy for dead units.

        y = x if x > 0 else negative_slope * x

    Args:
        x: any shape.
        negative_slope: () or (channels,), a parameter; 0.25 to start with.

    Returns:
        y like x.

    Example:
        >>> parametric_relu(jnp.array([-4.0, 2.0])).tolist()
        [-1.0, 2.0]

    References:
        He et al., Delving Deep into Rectifiers, 2015.
    """
    return leaky_relu(x, negative_slope=negative_slope)


def elu(x: jax.Array, *, alpha: float | jax.Array = 1.0) -> jax.Array:
    """Let what is negative level off smoothly, which centers outputs nearer to 0.

        y = x if x > 0 else alpha * (exp(x) - 1)

    Args:
        x: any shape.
        alpha: > 0, the depth of the negative side.

    Returns:
        y > -alpha like x.

    Example:
        >>> elu(jnp.array([-100.0, 2.0]), alpha=0.5).tolist()
        [-0.5, 2.0]

    References:
        Clevert et al., Fast and Accurate Deep Network Learning by Exponential Linear
        Units, 2016.
    """
    return jax.nn.elu(x, jnp.asarray(alpha, x.dtype))


def gelu(x: jax.Array) -> jax.Array:
    """Weigh x by the probability that a standard normal lies below it.

    The usual choice of transformers. Exact, not the approximation by tanh.

        y = x * Phi(x) = x * (1 + erf(x / sqrt(2))) / 2

    Args:
        x: any shape.

    Returns:
        y > -0.17 like x.

    Example:
        >>> [round(value, 4) for value in gelu(jnp.array([-1.0, 1.0])).tolist()]
        [-0.1587, 0.8413]

    References:
        Hendrycks and Gimpel, Gaussian Error Linear Units, 2016.
    """
    return jax.nn.gelu(x, approximate=False)


def silu(x: jax.Array) -> jax.Array:
    """Weigh x by its sigmoid: a smooth ReLU, also called swish.

        y = x / (1 + exp(-x))

    Args:
        x: any shape.

    Returns:
        y > -0.28 like x.

    Example:
        >>> [round(value, 4) for value in silu(jnp.array([-1.0, 1.0])).tolist()]
        [-0.2689, 0.7311]

    References:
        Elfwing et al., Sigmoid-Weighted Linear Units, 2018.
    """
    return jax.nn.silu(x)


def softplus(x: jax.Array) -> jax.Array:
    """Make x positive, smoothly: for outputs such as a rate or a scale.

        y = log(1 + exp(x))

    Args:
        x: any shape.

    Returns:
        y > 0 like x.

    Example:
        >>> [round(value, 4) for value in softplus(jnp.array([0.0, 100.0])).tolist()]
        [0.6931, 100.0]

    References:
        Dugas et al., Incorporating Second-Order Functional Knowledge for Better
        Option Pricing, 2001.
    """
    return jax.nn.softplus(x)


_RELU_FORMULA = "x if x > 0 else negative_slope·x"

REGISTRY: dict[str, Activation] = {
    activation.name: activation
    for activation in (
        Activation("identity", "x", identity, 1.0, "glorot"),
        Activation(
            "sigmoid", "1/(1 + exp(-x))", sigmoid, 1.0, "glorot", saturates=True
        ),
        Activation(
            "tanh",
            "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
            tanh,
            1.0,
            "glorot",
            saturates=True,
        ),
        Activation(
            "softmax",
            "exp(x_j)/Σ_k exp(x_k)",
            softmax,
            1.0,
            "glorot",
            saturates=True,
            elementwise=False,
        ),
        Activation("relu", "max(0, x)", relu, 2**0.5, "he"),
        Activation(
            "leaky_relu",
            _RELU_FORMULA,
            leaky_relu,
            (2 / (1 + 0.01**2)) ** 0.5,
            "he",
            hyperparameters={"negative_slope": 0.01},
        ),
        Activation(
            "parametric_relu",
            _RELU_FORMULA + ", negative_slope learned",
            parametric_relu,
            (2 / (1 + 0.25**2)) ** 0.5,
            "he",
            learned={"negative_slope": 0.25},
        ),
        Activation(
            "elu",
            "x if x > 0 else alpha·(exp(x) - 1)",
            elu,
            1.2452,
            "he",
            hyperparameters={"alpha": 1.0},
        ),
        Activation("gelu", "x·(1 + erf(x/√2))/2", gelu, 1.5335, "he"),
        Activation("silu", "x/(1 + exp(-x))", silu, 1.6765, "he"),
        Activation("softplus", "log(1 + exp(x))", softplus, 1.0419, "he"),
    )
}


def get(name: str) -> Activation:
    """Return the activation of this name.

    Raises:
        InputError: there is none; names the nearest.

    Example:
        >>> get("tanh").saturates
        True
    """
    if name in REGISTRY:
        return REGISTRY[name]
    fix = f"Write one of {', '.join(REGISTRY)}."
    message = fault("activation is known", "activation", name, fix)
    raise InputError(message + did_you_mean(name, REGISTRY))


def derivative(name: str) -> Callable[..., jax.Array]:
    """Return the exact derivative of an activation.

    Args:
        name: the activation's.

    Returns:
        A function of (x, **hyperparameters, **learned) to dy/dx in the shape of x;
        of softmax the whole matrix dy[j]/dx[k], shape (..., k, k).

    Raises:
        InputError: there is no such activation.

    Example:
        >>> derivative("sigmoid")(jnp.array([0.0])).tolist()
        [0.25]
        >>> derivative("softmax")(jnp.array([0.0, 0.0])).tolist()
        [[0.25, -0.25], [-0.25, 0.25]]
    """
    activation = get(name)

    def evaluate(x: jax.Array, **hyperparameters: float | jax.Array) -> jax.Array:
        def function(x: jax.Array) -> jax.Array:
            return activation.function(x, **hyperparameters)

        if activation.elementwise:
            return jax.jvp(function, (x,), (jnp.ones_like(x),))[1]
        rows = x.reshape(-1, x.shape[-1])
        return jax.vmap(jax.jacfwd(function))(rows).reshape(*x.shape, x.shape[-1])

    return evaluate
