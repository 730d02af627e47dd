"""The layer interface and the registry that maps specs to layer classes."""

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeVar

import jax
import numpy as np

from assay import spec
from assay._calls import explains_arguments
from assay._errors import fault
from assay.nn._context import Context
from assay.nn._flax import nnx
from assay.nn._initializers import initialize
from assay.nn._registry import LayerRegistry
from assay.nn.activations._activation import ACTIVATIONS

__all__ = [
    "LAYERS",
    "BuildContext",
    "Description",
    "Hyperparameter",
    "Layer",
    "builds",
    "shape_text",
]


class Hyperparameter(nnx.Variable):
    """A value in the model that is set by the caller and left unchanged by training.

    Learned parameters have the type `nnx.Param`, so `nnx.split` can separate them from
    hyperparameters.
    """


@dataclass(frozen=True)
class BuildContext:
    """The context in which a layer is built.

    Args:
        input_shape: shape of one example, without the batch axis.
        rng: random number generator for initial values.
        activation: kind of the next activation, which determines the initialization.
        path: path of the layer's spec for error messages, such as "model[2]".
    """

    input_shape: tuple[int, ...]
    rng: np.random.Generator
    activation: str = "identity"
    path: str = ""

    def draw_weights(self, initializer: str, shape: tuple[int, ...]) -> np.ndarray:
        """Draw a kernel (..., inputs, outputs).

        The initializer "auto" stands for the usual choice for the next activation.
        """
        activation = ACTIVATIONS[self.activation]
        name = activation.initializer if initializer == "auto" else initializer
        return initialize(name, self.rng, shape, gain=activation.gain)

    def fault(self, invariant: str, field: str, value: object, fix: str) -> str:
        """Return an error message about a field of the layer's spec."""
        return fault(invariant, f"{self.path}.{field}".lstrip("."), value, fix)


@dataclass(frozen=True)
class Description:
    """A layer's formula and parameter count, with numbers filled in.

    Args:
        formula: formula for the output or its size.
        parameters: calculation of the parameter count.
        multiply_adds: number of multiplications by a parameter per example.
        notes: remarks, such as the number of rows that no window covers.
    """

    formula: str = ""
    parameters: str = ""
    multiply_adds: int = 0
    notes: tuple[str, ...] = ()


_explain = explains_arguments(
    "assay.train((X, y), model=[assay.Dense(64), assay.ReLU()])", layer_spec=spec.Layer
)


class Layer(nnx.Module):
    """A layer of a model. It maps (n, *input_shape) to (n, *output_shape).

    The spec's traced hyperparameters become variables with the same names, which a
    compiled program takes as inputs.

    Args:
        layer_spec: the layer as specified by the user.
        context: build context, with the input shape.
    """

    weighted: ClassVar[bool] = False
    """Whether the layer multiplies by weights. If so, activations after it do not
    affect the initialization of layers before it."""

    stochastic: bool = False
    """Whether the layer draws random numbers in training."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        if "__init__" in vars(cls):
            cls.__init__ = _explain(cls.__init__)

    @_explain
    def __init__(self, layer_spec: spec.Layer, context: BuildContext) -> None:
        self.kind = layer_spec.kind
        self.input_shape = context.input_shape
        self.output_shape = context.input_shape
        for name, value in layer_spec.traced().items():
            if name in type(layer_spec).model_fields:  # exclude fields of inner layers
                setattr(self, name, Hyperparameter(np.float32(value)))

    @abstractmethod
    def __call__(self, x: jax.Array, context: Context) -> jax.Array:
        """Map a batch of inputs to a batch of outputs."""

    def describe(self) -> Description:
        """Return the layer's formula, with numbers filled in."""
        return Description()

    def inner_layers(self) -> dict[str, "Layer"]:
        """Return the inner layers, keyed by name."""
        return {}

    @property
    def saturates(self) -> bool:
        """Whether the layer's activation saturates on both sides."""
        return False

    def slopes(self, x: jax.Array, y: jax.Array) -> jax.Array | None:
        """Return the absolute slope of the layer's activation at each output value.

        The slopes of a saturating activation are divided by its steepest slope.

        Args:
            x: input of the layer, (n, *input_shape).
            y: output of the layer, (n, *output_shape).

        Returns:
            Absolute slopes, with the same shape as y; None if the layer is not an
            activation.
        """
        return None

    @classmethod
    def largest_output(
        cls, layer_spec: Any, input_shape: tuple[int, ...]
    ) -> tuple[int, ...] | None:
        """Return the largest possible output shape of a faulty layer, or None.

        The layers after a faulty layer are checked against this shape. A layer that
        does not fit this shape would not fit a smaller one either. The result is None
        if the shape is unknown.
        """
        return input_shape

    @property
    def num_parameters(self) -> int:
        """Number of parameters, excluding those of inner layers."""
        own = (v for v in vars(self).values() if isinstance(v, nnx.Param))
        return sum(int(np.size(value[...])) for value in own)


LAYERS: LayerRegistry[type[Layer]] = LayerRegistry()
LayerClass = TypeVar("LayerClass", bound=type[Layer])


def builds(*declarations: type[spec.Layer]) -> Callable[[LayerClass], LayerClass]:
    """Register a layer class as the implementation of one or more spec classes."""

    def register(layer: LayerClass) -> LayerClass:
        for declaration in declarations:
            LAYERS.add(declaration, layer)
        return layer

    return register


def shape_text(shape: tuple[int, ...]) -> str:
    """Format a shape as text.

    Example:
        >>> shape_text((28, 28, 1))
        '28 x 28 x 1'
    """
    return " x ".join(map(str, shape))
