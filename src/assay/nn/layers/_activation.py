"""The layer that applies an activation function."""

import math
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

from assay import spec
from assay.nn import ops
from assay.nn._context import Context
from assay.nn._layer import BuildContext, Description, Layer, builds
from assay.nn.activations._activation import ACTIVATIONS, derivative

__all__ = ["ActivationLayer"]


@builds(spec.Activation)
class ActivationLayer(Layer):
    """Applies an activation function to each value or, for softmax, to each row.

        y = function(x, **hyperparameters, **learned)

    A learned parameter, such as the slope of `parametric_relu`, is one number for the
    whole layer or, if the spec sets `per_channel`, one number per channel. The formulas
    are in `assay.nn.ACTIVATIONS`, and the references are in the specs.

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
        per_channel = getattr(layer_spec, "per_channel", False)
        shape = context.input_shape[-1:] if per_channel else ()
        for name, start in layer_spec.learned.items():
            setattr(self, name, nnx.Param(np.full(shape, start, np.float32)))

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Apply the function to x."""
        return ACTIVATIONS[self.kind].function(x, **self._values(x))

    def _values(self, x: jax.Array) -> dict[str, Any]:
        """Return all hyperparameters and learned parameters, broadcastable to x."""
        activation = ACTIVATIONS[self.kind]
        names = [*activation.hyperparameters, *activation.learned]
        values = {name: getattr(self, name)[...] for name in names}
        return {
            name: ops.along_last_axis(value, x) if jnp.ndim(value) else value
            for name, value in values.items()
        }

    @property
    def saturates(self) -> bool:
        """Whether the function saturates on both sides."""
        return ACTIVATIONS[self.kind].saturates

    def slopes(self, x: jax.Array, y: jax.Array) -> jax.Array:
        """Return absolute slopes or, for functions of rows, the Jacobian's diagonal."""
        diagonal = ACTIVATIONS[self.kind].diagonal
        if diagonal is not None:
            # the slope of softmax is at most 1/4
            return diagonal(y) * (4 if self.saturates else 1)
        slope, values = derivative(self.kind), self._values(x)
        slopes = jnp.abs(slope(x, **values))
        if not self.saturates:
            return slopes
        steepest = slope(jnp.zeros((), x.dtype), **values)
        return slopes / steepest

    def describe(self) -> Description:
        """Return the function's formula."""
        activation = ACTIVATIONS[self.kind]
        if not activation.learned:
            return Description(activation.formula)
        products = math.prod(self.output_shape)  # multiplications by the slope
        return Description(activation.formula, str(self.num_parameters), products)
