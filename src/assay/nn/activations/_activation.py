"""The properties of activation functions, and their registry.

A spec class declares the name, hyperparameters, formula and reference. The decorator
`activation` adds the function and a suitable initialization.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike
from jaxtyping import Array, Float

from assay import spec

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "Scalar",
    "Values",
    "activation",
    "derivative",
]

Values = Float[Array, "*shape"]
Scalar = Float[ArrayLike, ""]
Function = Callable[..., jax.Array]


@dataclass(frozen=True, eq=False)
class Activation(spec.Member):
    """An activation function and its properties.

    Args:
        declaration: the spec class.
        function: function that maps (x, **hyperparameters, **learned) to y, with the
            same shape as x.
        gain: gain of the weights before the activation. With "he", it preserves the
            mean square of normal signals. It equals 1 / sqrt(E[function(z)**2]) for a
            standard normal z and the default hyperparameters.
        initializer: "he" or "glorot", the usual choice for the weights before the
            activation.
        saturates: whether the function flattens out on both sides, so that gradients
            vanish in deep networks.
        diagonal: for activations that act on whole rows, a function that maps the
            outputs y to the slopes of y[j] with respect to x[j]; None if each output
            depends on a single input.

    Example:
        >>> ACTIVATIONS.find("leaky_relu").hyperparameters
        {'negative_slope': 0.01}
    """

    declaration: type[spec.Activation]
    function: Function
    gain: float
    initializer: Literal["he", "glorot"]
    saturates: bool = False
    diagonal: Function | None = None

    @property
    def elementwise(self) -> bool:
        """Whether each output depends on only one input."""
        return self.diagonal is None

    @property
    def learned(self) -> Mapping[str, float]:
        """The names and initial values of learned parameters."""
        return self.declaration.learned


ACTIVATIONS: spec.Registry[Activation] = spec.Registry("activation")


def activation(
    declaration: type[spec.Activation],
    *,
    initializer: Literal["he", "glorot"],
    gain: float = 1.0,
    saturates: bool = False,
    diagonal: Function | None = None,
) -> Callable[[Function], Function]:
    """Register a function as the implementation of an activation spec.

    The function takes x and, as keyword arguments, the hyperparameters and learned
    parameters of the spec. Only the spec declares their defaults. For the arguments of
    this decorator, see `Activation`.

    Example:
        >>> from assay.nn.activations._rectifiers import elu
        >>> ACTIVATIONS["elu"].function is elu  # decorated by activation(spec.ELU, ...)
        True
    """

    def register(function: Function) -> Function:
        member = Activation(
            declaration, function, gain, initializer, saturates, diagonal
        )
        ACTIVATIONS.add(member)
        return function

    return register


def derivative(name: str) -> Callable[..., jax.Array]:
    """Return the exact derivative of an activation.

    Args:
        name: name of the activation.

    Returns:
        A function that maps (x, **hyperparameters, **learned) to dy/dx, with the same
        shape as x. For activations that act on whole rows, such as softmax, it returns
        the full matrix dy[j]/dx[k], (..., k, k).

    Raises:
        InputError: the activation does not exist.

    Example:
        >>> derivative("sigmoid")(jnp.array([0.0])).tolist()
        [0.25]
        >>> derivative("softmax")(jnp.array([0.0, 0.0])).tolist()
        [[0.25, -0.25], [-0.25, 0.25]]
    """
    member = ACTIVATIONS.find(name)

    def evaluate(x: jax.Array, **hyperparameters: float | jax.Array) -> jax.Array:
        def function(x: jax.Array) -> jax.Array:
            return member.function(x, **hyperparameters)

        if member.elementwise:
            # The Jacobian is diagonal, so its product with a vector of ones is its
            # diagonal.
            return jax.jvp(function, (x,), (jnp.ones_like(x),))[1]
        rows = x.reshape(-1, x.shape[-1])
        return jax.vmap(jax.jacfwd(function))(rows).reshape(*x.shape, x.shape[-1])

    return evaluate
