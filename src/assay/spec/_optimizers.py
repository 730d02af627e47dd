"""Optimizers as a user asks for them."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._base import Family
from assay.spec._fields import Fraction, NonNegative, Positive

__all__ = [
    "LAMB",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "AnyOptimizer",
    "Lion",
    "Momentum",
    "Nadam",
    "Nesterov",
    "Optimizer",
    "RMSProp",
]


class Optimizer(Family):
    """How a gradient becomes an update; each has a learning rate."""

    learning_rate: Positive


AnyOptimizer = Annotated[SerializeAsAny[Optimizer], BeforeValidator(Optimizer.read)]


class SGD(Optimizer):
    """Gradient descent; batch, stochastic or mini-batch is the batch size's matter."""

    kind: ClassVar[str] = "sgd"
    learning_rate: Positive = 0.1


class Momentum(Optimizer):
    """Gradient descent along a running sum of past gradients."""

    kind: ClassVar[str] = "momentum"
    learning_rate: Positive = 0.01
    momentum: Fraction = 0.9


class Nesterov(Optimizer):
    """Momentum that looks ahead by one step."""

    kind: ClassVar[str] = "nesterov"
    learning_rate: Positive = 0.01
    momentum: Fraction = 0.9


class Adagrad(Optimizer):
    """Each parameter's rate shrinks with the sum of its squared gradients."""

    kind: ClassVar[str] = "adagrad"
    learning_rate: Positive = 0.01
    initial_accumulator: NonNegative = 0.0
    epsilon: Positive = 1e-10


class RMSProp(Optimizer):
    """Each parameter's rate shrinks with a running mean of its squared gradients."""

    kind: ClassVar[str] = "rmsprop"
    learning_rate: Positive = 0.001
    decay: Fraction = 0.9
    epsilon: Positive = 1e-8


class Adadelta(Optimizer):
    """RMSProp with updates scaled by a running mean of past squared updates."""

    kind: ClassVar[str] = "adadelta"
    learning_rate: Positive = 1.0
    decay: Fraction = 0.9
    epsilon: Positive = 1e-6


class Adam(Optimizer):
    """Running means of gradient and squared gradient, both corrected for their start.

    Example:
        >>> Adam(1e-3).beta1
        0.9
    """

    kind: ClassVar[str] = "adam"
    learning_rate: Positive = 0.001
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: Positive = 1e-8


class AdamW(Optimizer):
    """Adam with weight decay apart from the gradient."""

    kind: ClassVar[str] = "adamw"
    learning_rate: Positive = 0.001
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: Positive = 1e-8
    weight_decay: NonNegative = 0.01


class Nadam(Optimizer):
    """Adam with Nesterov's look ahead."""

    kind: ClassVar[str] = "nadam"
    learning_rate: Positive = 0.001
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: Positive = 1e-8


class Lion(Optimizer):
    """The sign of a running mean of gradients, with weight decay apart."""

    kind: ClassVar[str] = "lion"
    learning_rate: Positive = 1e-4
    beta1: Fraction = 0.9
    beta2: Fraction = 0.99
    weight_decay: NonNegative = 0.0


class LAMB(Optimizer):
    """Adam with each layer's update scaled to the norm of its parameters."""

    kind: ClassVar[str] = "lamb"
    learning_rate: Positive = 0.001
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: Positive = 1e-6
    weight_decay: NonNegative = 0.0
