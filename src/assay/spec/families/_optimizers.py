"""Specs of optimizers."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._family import Family
from assay.spec._fields import Fraction, NonNegative, Positive

__all__ = [
    "LAMB",
    "SGD",
    "Adadelta",
    "Adagrad",
    "Adam",
    "AdamW",
    "AnyOptimizer",
    "DampedMomentum",
    "Lion",
    "Momentum",
    "Nadam",
    "Nesterov",
    "Optimizer",
    "RMSProp",
]

# Adam's moments, and the ratio of the bias-corrected moments.
_MOMENTS = "m = beta1·m + (1 - beta1)·g, v = beta2·v + (1 - beta2)·g², "
_RATIO = "m/(1 - beta1ᵗ) / (√(v/(1 - beta2ᵗ)) + epsilon)"


class Optimizer(Family):
    """A rule that converts gradients to parameter updates.

    The updated parameters are parameters - learning_rate·d. In the formulas, g is the
    gradient, d is the direction and t is the update number, starting at 1.
    """

    learning_rate: Positive


AnyOptimizer = Annotated[SerializeAsAny[Optimizer], BeforeValidator(Optimizer.read)]


class SGD(Optimizer):
    """Plain gradient descent.

    Batch, stochastic and mini-batch gradient descent all use this rule, with batches
    that contain all examples, one example or several examples, respectively.

    References:
        Robbins and Monro, A Stochastic Approximation Method, 1951.
    """

    kind: ClassVar[str] = "sgd"
    formula: ClassVar[str] = "d = g"
    learning_rate: Positive = 0.1


class Momentum(Optimizer):
    """Gradient descent along a decaying sum of past gradients.

    Momentum speeds up progress in persistent directions and damps oscillations. The sum
    can grow to 1 / (1 - momentum) times a gradient, so use a correspondingly lower
    learning rate than for plain gradient descent.

    References:
        Polyak, Some Methods of Speeding up the Convergence of Iteration Methods, 1964.
    """

    kind: ClassVar[str] = "momentum"
    formula: ClassVar[str] = "v = momentum·v + g, d = v"
    learning_rate: Positive = 0.01
    momentum: Fraction = 0.9


class DampedMomentum(Optimizer):
    """Momentum that gives new gradients less weight.

    With dampening equal to momentum, v is a running mean of the gradients instead of
    their sum, so the learning rate can be the same as for plain gradient descent. As in
    PyTorch, v is initialized to the first gradient.

    References:
        Polyak, Some Methods of Speeding up the Convergence of Iteration Methods, 1964.
    """

    kind: ClassVar[str] = "damped_momentum"
    formula: ClassVar[str] = (
        "v = momentum·v + (1 - dampening)·g, but v = g in the first update, d = v"
    )
    learning_rate: Positive = 0.1
    momentum: Fraction = 0.9
    dampening: Fraction = 0.9


class Nesterov(Optimizer):
    """Momentum that looks one step ahead.

    Looking ahead corrects the direction before the momentum overshoots.

    References:
        Sutskever et al., On the Importance of Initialization and Momentum in Deep
        Learning, 2013.
    """

    kind: ClassVar[str] = "nesterov"
    formula: ClassVar[str] = "v = momentum·v + g, d = g + momentum·v"
    learning_rate: Positive = 0.01
    momentum: Fraction = 0.9


class Adagrad(Optimizer):
    """Per-parameter learning rates that shrink as the sum of squared gradients grows.

    Use it for sparse features. Parameters that rarely receive a gradient keep large
    learning rates. The sum only grows, so the per-parameter learning rates never
    increase. As in Optax and Keras, epsilon is added under the square root. PyTorch
    adds it after taking the root, so the equivalent epsilon in PyTorch is about the
    square root of this epsilon.

    References:
        Duchi et al., Adaptive Subgradient Methods for Online Learning and Stochastic
        Optimization, 2011.
    """

    kind: ClassVar[str] = "adagrad"
    formula: ClassVar[str] = (
        "s = s + g², d = g/√(s + epsilon), s starts at initial_accumulator"
    )
    learning_rate: Positive = 0.01
    initial_accumulator: NonNegative = 0.0
    epsilon: Positive = 1e-10


class RMSProp(Optimizer):
    """Per-parameter learning rates from a running mean of squared gradients.

    Use it for objectives that change during training and for recurrent networks. Unlike
    Adagrad, RMSProp forgets old gradients.

    References:
        Hinton et al., Neural Networks for Machine Learning, lecture 6e, 2012.
    """

    kind: ClassVar[str] = "rmsprop"
    formula: ClassVar[str] = "s = decay·s + (1 - decay)·g², d = g/(√s + epsilon)"
    learning_rate: Positive = 0.001
    decay: Fraction = 0.9
    epsilon: Positive = 1e-8


class Adadelta(Optimizer):
    """RMSProp with updates scaled by a running mean of past squared updates.

    The direction has the same units as the parameters. The paper uses a learning rate
    of 1.

    References:
        Zeiler, Adadelta: An Adaptive Learning Rate Method, 2012.
    """

    kind: ClassVar[str] = "adadelta"
    formula: ClassVar[str] = (
        "s = decay·s + (1 - decay)·g², d = g·√(u + epsilon)/√(s + epsilon), "
        "u = decay·u + (1 - decay)·d²"
    )
    learning_rate: Positive = 1.0
    decay: Fraction = 0.9
    epsilon: Positive = 1e-6


class Adam(Optimizer):
    """Bias-corrected running means of the gradient and its square.

    Adam is a safe first choice, because its steps are about as large as the learning
    rate, regardless of the scale of the gradients.

    Example:
        >>> Adam(1e-3).beta1
        0.9

    References:
        Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015.
    """

    kind: ClassVar[str] = "adam"
    formula: ClassVar[str] = _MOMENTS + "d = " + _RATIO
    learning_rate: Positive = 0.001
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: Positive = 1e-8


class AdamW(Optimizer):
    """Adam with decoupled weight decay.

    Adam divides the gradient of an L2 penalty by √v, so the penalty hardly affects
    parameters with large gradients. Decoupled decay affects all parameters equally.

    References:
        Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
    """

    kind: ClassVar[str] = "adamw"
    formula: ClassVar[str] = _MOMENTS + "d = " + _RATIO + " + weight_decay·parameters"
    learning_rate: Positive = 0.001
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: Positive = 1e-8
    weight_decay: NonNegative = 0.01


class Nadam(Optimizer):
    """Adam with Nesterov's look-ahead.

    This is the paper's rule with a constant beta1. NAdam in PyTorch also warms up
    beta1.

    References:
        Dozat, Incorporating Nesterov Momentum into Adam, 2016.
    """

    kind: ClassVar[str] = "nadam"
    formula: ClassVar[str] = (
        _MOMENTS + "d = (beta1·m/(1 - beta1ᵗ⁺¹) + (1 - beta1)·g/(1 - beta1ᵗ))"
        " / (√(v/(1 - beta2ᵗ)) + epsilon)"
    )
    learning_rate: Positive = 0.001
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: Positive = 1e-8


class Lion(Optimizer):
    """The sign of a running mean of gradients, with decoupled weight decay.

    Lion needs half as much memory as Adam. Every parameter moves by the full learning
    rate, so use a rate 3 to 10 times smaller than for Adam, and a weight decay larger
    by the same factor.

    References:
        Chen et al., Symbolic Discovery of Optimization Algorithms, 2023.
    """

    kind: ClassVar[str] = "lion"
    formula: ClassVar[str] = (
        "d = sign(beta1·m + (1 - beta1)·g) + weight_decay·parameters, "
        "m = beta2·m + (1 - beta2)·g"
    )
    learning_rate: Positive = 1e-4
    beta1: Fraction = 0.9
    beta2: Fraction = 0.99
    weight_decay: NonNegative = 0.0


class LAMB(Optimizer):
    """AdamW with the update of each layer scaled to the norm of its parameters.

    Use it for very large batches. Without the scaling, layers would move at different
    rates relative to their norms. If either norm is 0, d = u.

    References:
        You et al., Large Batch Optimization for Deep Learning: Training BERT in 76
        Minutes, 2020.
    """

    kind: ClassVar[str] = "lamb"
    formula: ClassVar[str] = (
        _MOMENTS + "u = " + _RATIO + " + weight_decay·parameters, "
        "d = u·‖parameters‖/‖u‖"
    )
    learning_rate: Positive = 0.001
    beta1: Fraction = 0.9
    beta2: Fraction = 0.999
    epsilon: Positive = 1e-6
    weight_decay: NonNegative = 0.0
