"""Activations as layers, all implemented by one class."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Description, Layer, builds
from assay.nn.activations._activation import ACTIVATIONS, derivative

__all__ = ["ActivationLayer"]


@builds(spec.Activation)
class ActivationLayer(Layer):
    """Applies an activation function to each number, or softmax to each row.

        y = function(x, **hyperparameters, **learned)

    A learned parameter, such as the slope of `parametric_relu`, is one number for the
    whole layer. For the formula of each function, see `assay.nn.ACTIVATIONS`; for its
    reference, see its spec.

    Args:
        layer_spec: the function and its hyperparameters.
        context: build context; x and y have the same shape, (n, ...).

    Example:
        >>> context = BuildContext((2,), np.random.default_rng(0))
        >>> layer = ActivationLayer(spec.LeakyReLU(0.5), context)
        >>> layer(jax.numpy.array([[-2.0, 3.0]]), Context()).tolist()
        [[-1.0, 3.0]]
    """

    def __init__(self, layer_spec: spec.Activation, context: BuildContext) -> None:
        super().__init__(layer_spec, context)
        for name, start in layer_spec.learned.items():
            setattr(self, name, nnx.Param(np.full((), start, np.float32)))

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Apply the function to x."""
        return ACTIVATIONS[self.kind].function(x, **self._values())

    def _values(self) -> dict[str, Any]:
        """Return the hyperparameters and learned parameters, by name."""
        activation = ACTIVATIONS[self.kind]
        names = [*activation.hyperparameters, *activation.learned]
        return {name: getattr(self, name)[...] for name in names}

    @property
    def saturates(self) -> bool:
        """Whether the function is flat on both sides."""
        return ACTIVATIONS[self.kind].saturates

    def slopes(self, x: jax.Array, y: jax.Array) -> jax.Array:
        """Return the absolute slopes; for softmax, those of the diagonal."""
        if not ACTIVATIONS[self.kind].elementwise:  # softmax, at most 1/4
            return 4 * y * (1 - y)
        slope = derivative(self.kind)
        slopes = jnp.abs(slope(x, **self._values()))
        if not self.saturates:
            return slopes
        steepest = slope(jnp.zeros((), x.dtype), **self._values())
        return slopes / steepest

    def describe(self) -> Description:
        """Return the formula of the function."""
        activation = ACTIVATIONS[self.kind]
        if not activation.learned:
            return Description(activation.formula)
        products = math.prod(self.output_shape)  # products with the learned slope
        return Description(activation.formula, str(self.num_parameters), products)
