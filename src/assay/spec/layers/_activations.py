"""Activation functions as layers, applied to the weighted sum of each unit."""

from collections.abc import Mapping
from typing import ClassVar

from assay.spec._fields import NonNegative, Positive
from assay.spec.layers._basic import Layer

__all__ = [
    "ELU",
    "GELU",
    "ISRU",
    "Activation",
    "Identity",
    "LeakyReLU",
    "ParametricReLU",
    "ReLU",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
]


class Activation(Layer):
    """A layer that applies a function to each number or, for softmax, to each row."""

    learned: ClassVar[Mapping[str, float]] = {}  # initial values of learned parameters


class Identity(Activation):
    """Leaves its input unchanged.

    For the output of a regression task.

    References:
        Goodfellow, Bengio and Courville, 2016, "Deep Learning", section 6.2.2.1.
    """

    kind: ClassVar[str] = "identity"
    formula: ClassVar[str] = "x"


class Sigmoid(Activation):
    """Squashes its input into (0, 1), for probabilities and gates of recurrent layers.

    For the output of a binary task. In hidden layers, prefer `Tanh` or, better, `ReLU`,
    because `Sigmoid` saturates and its outputs are not centered on 0.

    References:
        LeCun et al., 1998, "Efficient backprop", section 4.4.
    """

    kind: ClassVar[str] = "sigmoid"
    formula: ClassVar[str] = "1/(1 + exp(-x))"


class Tanh(Activation):
    """Squashes its input into (-1, 1), for the hidden state of recurrent layers.

    Generally better than `Sigmoid`, because its outputs are centered on 0, but it also
    saturates.

    References:
        LeCun et al., 1998, "Efficient backprop", section 4.4.
    """

    kind: ClassVar[str] = "tanh"
    formula: ClassVar[str] = "(exp(x) - exp(-x))/(exp(x) + exp(-x))"


class ISRU(Activation):
    """Squashes its input into (-1/√alpha, 1/√alpha); small values hardly change.

    For inputs with outliers: as the first layer, it limits them smoothly. It saturates
    more slowly than `Tanh`.

    Args:
        alpha: positive; the limit is 1/√alpha, which is 3 for alpha = 1/9.

    References:
        Carlile et al., 2017, "Improving deep learning by inverse square root linear
        units (ISRLUs)".
    """

    kind: ClassVar[str] = "isru"
    formula: ClassVar[str] = "x/√(1 + alpha·x²)"
    alpha: Positive = 1.0


class Softmax(Activation):
    """Turns the last axis into class probabilities.

    For the output of a multiclass task. The costs for such tasks already include it.

    References:
        Bridle, 1990, "Probabilistic interpretation of feedforward classification
        network outputs".
    """

    kind: ClassVar[str] = "softmax"
    formula: ClassVar[str] = "exp(x_j)/Σ_k exp(x_k)"


class ReLU(Activation):
    """Keeps positive values and sets negative values to 0.

    The usual choice for hidden layers, because it does not saturate for x > 0. A unit
    with a negative sum for every example gets no gradient and stays dead; to avoid
    this, use `LeakyReLU`.

    References:
        Nair and Hinton, 2010, "Rectified linear units improve restricted Boltzmann
        machines".
    """

    kind: ClassVar[str] = "relu"
    formula: ClassVar[str] = "max(0, x)"


class LeakyReLU(Activation):
    """Keeps a fraction of negative values to prevent dead units.

    Args:
        negative_slope: factor for negative values, usually much less than 1.

    References:
        Maas et al., 2013, "Rectifier nonlinearities improve neural network acoustic
        models".
    """

    kind: ClassVar[str] = "leaky_relu"
    formula: ClassVar[str] = "x if x > 0 else negative_slope·x"
    negative_slope: NonNegative = 0.01


class ParametricReLU(Activation):
    """A `LeakyReLU` with a learned slope.

    References:
        He et al., 2015, "Delving deep into rectifiers" (also the initial slope).
    """

    kind: ClassVar[str] = "parametric_relu"
    formula: ClassVar[str] = f"{LeakyReLU.formula}, negative_slope learned"
    learned: ClassVar[Mapping[str, float]] = {"negative_slope": 0.25}


class ELU(Activation):
    """Levels off smoothly for negative values, which moves mean outputs closer to 0.

    Args:
        alpha: positive; the output approaches -alpha for large negative values.

    References:
        Clevert et al., 2016, "Fast and accurate deep network learning by exponential
        linear units".
    """

    kind: ClassVar[str] = "elu"
    formula: ClassVar[str] = "x if x > 0 else alpha·(exp(x) - 1)"
    alpha: Positive = 1.0


class GELU(Activation):
    """Multiplies x by the probability that a standard normal variable is below x.

    The usual choice for transformers. This is the exact function, not its tanh
    approximation.

    References:
        Hendrycks and Gimpel, 2016, "Gaussian error linear units".
    """

    kind: ClassVar[str] = "gelu"
    formula: ClassVar[str] = "x·(1 + erf(x/√2))/2"


class SiLU(Activation):
    """Multiplies x by the sigmoid of x.

    SiLU is a smooth variant of `ReLU` and is also called swish.

    References:
        Elfwing et al., 2018, "Sigmoid-weighted linear units".
    """

    kind: ClassVar[str] = "silu"
    formula: ClassVar[str] = "x/(1 + exp(-x))"


class Softplus(Activation):
    """Maps its input smoothly to positive values, for outputs such as rates or scales.

    References:
        Dugas et al., 2001, "Incorporating second-order functional knowledge for
        better option pricing".
    """

    kind: ClassVar[str] = "softplus"
    formula: ClassVar[str] = "log(1 + exp(x))"
