"""Layers as a user asks for them."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._family import Family
from assay.spec._fields import Count, Fraction, NonNegative, Positive
from assay.spec._range import Range
from assay.spec._space import Space

__all__ = [
    "ELU",
    "GELU",
    "Activation",
    "AnyLayer",
    "BatchNorm",
    "Dense",
    "Dropout",
    "Identity",
    "Layer",
    "LeakyReLU",
    "ParametricReLU",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]


class Layer(Family):
    """One step of a model: takes an array of examples, gives one."""


AnyLayer = Annotated[SerializeAsAny[Layer], BeforeValidator(Layer.read)]


class Dense(Layer):
    """Every input connected to every output: y = x W + b.

    Example:
        >>> Dense(64)
        Dense(units=64, bias=True, initializer='auto')
    """

    kind: ClassVar[str] = "dense"
    units: Count
    bias: bool = True
    initializer: str = "auto"


class Dropout(Layer):
    """Sets a share `rate` of its inputs to zero in training and scales up the rest."""

    kind: ClassVar[str] = "dropout"
    rate: Fraction = 0.5


class BatchNorm(Layer):
    """Standardizes each feature over the batch, then scales and shifts it.

    `momentum` is the weight of the new batch in the running statistics, as in
    running = (1 - momentum) running + momentum batch.
    """

    kind: ClassVar[str] = "batch_norm"
    momentum: Annotated[float | Space, Range(0, 1, open_low=True, example=0.1)] = 0.1
    epsilon: Positive = 1e-5


class Activation(Layer):
    """A layer that applies one function to each number (softmax: to each row)."""


class Identity(Activation):
    """y = x."""

    kind: ClassVar[str] = "identity"


class Sigmoid(Activation):
    """y = 1 / (1 + exp(-x))."""

    kind: ClassVar[str] = "sigmoid"


class Tanh(Activation):
    """y = tanh(x)."""

    kind: ClassVar[str] = "tanh"


class Softmax(Activation):
    """y_j = exp(x_j) / sum over k of exp(x_k)."""

    kind: ClassVar[str] = "softmax"


class ReLU(Activation):
    """y = max(0, x)."""

    kind: ClassVar[str] = "relu"


class LeakyReLU(Activation):
    """y = x where x > 0, else negative_slope x."""

    kind: ClassVar[str] = "leaky_relu"
    negative_slope: NonNegative = 0.01


class ParametricReLU(Activation):
    """y = x where x > 0, else a x, with the slope a learned."""

    kind: ClassVar[str] = "parametric_relu"


class ELU(Activation):
    """y = x where x > 0, else alpha (exp(x) - 1)."""

    kind: ClassVar[str] = "elu"
    alpha: Positive = 1.0


class GELU(Activation):
    """y = x Phi(x), with Phi the normal distribution function."""

    kind: ClassVar[str] = "gelu"


class SiLU(Activation):
    """y = x sigmoid(x)."""

    kind: ClassVar[str] = "silu"


class Softplus(Activation):
    """y = log(1 + exp(x))."""

    kind: ClassVar[str] = "softplus"
