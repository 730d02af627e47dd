"""Activations as layers: one class serves every function of the family."""

import math
from typing import Any

import jax
import numpy as np
from flax import nnx

from assay import spec
from assay.nn._activations import REGISTRY
from assay.nn._context import Context
from assay.nn._layer import LAYERS, About, Layer, Site

__all__ = ["ActivationLayer"]


class ActivationLayer(Layer):
    """Applies an activation function to each number (softmax: to each row).

        y = function(x, **hyperparameters, **learned)

    Args:
        asked: which function, and its hyper-parameters; what it learns (the slope of
            `parametric_relu`) is one number for the whole layer.
        site: x and y have one shape, (n, ...).

    Example:
        >>> site = Site((2,), np.random.default_rng(0))
        >>> layer = ActivationLayer(spec.LeakyReLU(0.5), site)
        >>> layer(np.array([[-2.0, 3.0]], np.float32), Context()).tolist()
        [[-1.0, 3.0]]

    References:
        `assay.nn.ACTIVATIONS` has the formula of each function, and where it is from.
    """

    def __init__(self, asked: spec.Activation, site: Site) -> None:
        self.kind = asked.kind
        activation = REGISTRY[asked.kind]
        self.hold({name: getattr(asked, name) for name in activation.hyperparameters})
        for name, start in activation.learned.items():
            setattr(self, name, nnx.Param(np.full((), start, np.float32)))
        self.output_shape = site.input_shape

    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Return the function's value at every input."""
        activation = REGISTRY[self.kind]
        names = [*activation.hyperparameters, *activation.learned]
        values: dict[str, Any] = {name: getattr(self, name)[...] for name in names}
        return activation.function(x, **values)

    def about(self) -> About:
        """Say its formula."""
        activation = REGISTRY[self.kind]
        learned = math.prod(self.output_shape) if activation.learned else 0
        count = str(self.num_parameters) if activation.learned else ""
        return About(activation.formula, count, learned)


for _kind in REGISTRY:
    LAYERS[_kind] = ActivationLayer
