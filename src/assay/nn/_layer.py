"""The interface every layer keeps, and the registry that builds one from its spec."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import jax
import numpy as np
from flax import nnx

from assay import spec
from assay.nn._activations import REGISTRY as ACTIVATIONS
from assay.nn._context import Context
from assay.nn._variables import Hyperparameter

__all__ = ["LAYERS", "Layer", "Site", "builds"]


@dataclass(frozen=True)
class Site:
    """Where in a model a layer is built.

    Args:
        input_shape: shape of one example, without the batch axis.
        rng: where initial values come from.
        activation: kind of the next activation, which decides the initialization.
    """

    input_shape: tuple[int, ...]
    rng: np.random.Generator
    activation: str = "identity"

    @property
    def initializer(self) -> tuple[str, float]:
        """The initializer and gain that fit the next activation."""
        activation = ACTIVATIONS[self.activation]
        return activation.initializer, activation.gain


class Layer(nnx.Module):
    """One step of a model.

    A layer is built from its spec at a site, knows the shape it gives, and maps a
    batch (n, *input_shape) to a batch (n, *output_shape).
    """

    draws: ClassVar[bool] = False  # whether it draws random numbers in training
    output_shape: tuple[int, ...]

    @abstractmethod
    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Map a batch of inputs to a batch of outputs."""

    def hold(self, hyperparameters: dict[str, float]) -> None:
        """Hold each traced hyper-parameter as a variable of that name."""
        for name, value in hyperparameters.items():
            setattr(self, name, Hyperparameter(np.float32(value)))


LAYERS: dict[str, Callable[[Any, Site], Layer]] = {}


def builds(kind: type[spec.Layer]) -> Callable[[type[Layer]], type[Layer]]:
    """Register a layer class as what builds a spec of the given class."""

    def register(layer: type[Layer]) -> type[Layer]:
        LAYERS[kind.kind] = layer
        return layer

    return register
