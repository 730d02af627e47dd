"""The interface every layer keeps, and the registry that builds one from its spec."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import jax
import numpy as np
from flax import nnx

from assay import spec
from assay._errors import fault
from assay.nn._activations import REGISTRY as ACTIVATIONS
from assay.nn._context import Context
from assay.nn._initializers import initialize
from assay.nn._variables import Hyperparameter

__all__ = ["LAYERS", "About", "Layer", "Site", "builds", "shape_text"]


@dataclass(frozen=True)
class Site:
    """Where in a model a layer is built.

    Args:
        input_shape: shape of one example, without the batch axis.
        rng: where initial values come from.
        activation: kind of the next activation, which decides the initialization.
        path: of the layer's spec, such as "model[2]"; for the texts of faults.
    """

    input_shape: tuple[int, ...]
    rng: np.random.Generator
    activation: str = "identity"
    path: str = ""

    @property
    def initializer(self) -> tuple[str, float]:
        """The initializer and gain that fit the next activation."""
        activation = ACTIVATIONS[self.activation]
        return activation.initializer, activation.gain

    def draw(self, asked: str, shape: tuple[int, ...]) -> np.ndarray:
        """Draw a kernel (..., inputs, outputs); "auto" fits the next activation."""
        name, gain = self.initializer
        name = name if asked == "auto" else asked
        return initialize(name, self.rng, shape, gain=gain)

    def fault(self, invariant: str, name: str, value: object, fix: str) -> str:
        """Word a fault of a field of the layer that stands here."""
        return fault(invariant, f"{self.path}.{name}".lstrip("."), value, fix)


@dataclass(frozen=True)
class About:
    """What a layer can say of itself, with the numbers put in.

    Args:
        formula: of its output; of the output's size, where it has one.
        parameters: how the number of its parameters comes about.
        multiply_adds: products of a learned number with another one, an example.
        notes: what to know, such as rows that no window reaches.
    """

    formula: str = ""
    parameters: str = ""
    multiply_adds: int = 0
    notes: tuple[str, ...] = ()


class Layer(nnx.Module):
    """One step of a model.

    A layer is built from its spec at a site, knows the shape it gives, and maps a
    batch (n, *input_shape) to a batch (n, *output_shape).
    """

    draws: bool = False  # whether it draws random numbers in training
    output_shape: tuple[int, ...]

    @abstractmethod
    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Map a batch of inputs to a batch of outputs."""

    def about(self) -> About:
        """Say what this layer does, with the numbers put in."""
        return About()

    def inner(self) -> dict[str, "Layer"]:
        """Return the layers that this one holds, by name."""
        return {}

    @classmethod
    def largest_output(
        cls, asked: Any, input_shape: tuple[int, ...]
    ) -> tuple[int, ...] | None:
        """Return the largest shape it could give if its faults were mended.

        The layers after a faulty one are checked with it: what does not fit there
        fits nowhere. None where nothing can be said.
        """
        return input_shape

    def hold(self, hyperparameters: dict[str, float]) -> None:
        """Hold each traced hyper-parameter as a variable of that name."""
        for name, value in hyperparameters.items():
            setattr(self, name, Hyperparameter(np.float32(value)))

    @property
    def num_parameters(self) -> int:
        """Number of learned numbers, those of the layers it holds left out."""
        own = (v for v in vars(self).values() if isinstance(v, nnx.Param))
        return sum(int(np.size(value[...])) for value in own)


LAYERS: dict[str, type[Layer]] = {}
Built = TypeVar("Built", bound=type[Layer])


def builds(*kinds: type[spec.Layer]) -> Callable[[Built], Built]:
    """Register a layer class as what builds specs of the given classes."""

    def register(layer: Built) -> Built:
        LAYERS.update({kind.kind: layer for kind in kinds})
        return layer

    return register


def shape_text(shape: tuple[int, ...]) -> str:
    """Write a shape as in "28 x 28 x 1".

    Example:
        >>> shape_text((28, 28, 1))
        '28 x 28 x 1'
    """
    return " x ".join(map(str, shape))
