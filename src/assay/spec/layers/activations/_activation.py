"""Activation functions as layers, applied to the weighted sum of each unit."""

from collections.abc import Mapping
from typing import ClassVar

from assay.spec._fields import NonNegative, Positive
from assay.spec.layers._basic import Layer

__all__ = [
    "CELU",
    "ELU",
    "GELU",
    "ISRU",
    "SELU",
    "Activation",
    "GELUTanh",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "LeakyReLU",
    "LogSoftmax",
    "Mish",
    "ParametricReLU",
    "ReLU",
    "ReLU6",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Softsign",
    "Tanh",
]


class Activation(Layer):
    """A layer that applies a function to each number or, like softmax, to each row."""

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

    Use it for the output of a binary classifier. In hidden layers, prefer `Tanh` or,
    better, `ReLU`, because `Sigmoid` saturates and its outputs are not centered on 0.

    References:
        LeCun et al., 1998, "Efficient backprop", section 4.4.
    """

    kind: ClassVar[str] = "sigmoid"
    formula: ClassVar[str] = "1/(1 + exp(-x))"


class HardSigmoid(Activation):
    """An approximation of `Sigmoid` by three straight lines, which is cheap to compute.

    The derivative is `slope` between the corners and 0 beyond them, so a unit far from
    0 stops learning.

    Args:
        slope: positive; the corners are at ±1/(2·slope). It is 1/6 in PyTorch and
            Keras, and 0.2 in ONNX.

    References:
        Courbariaux, Bengio and David, 2015, "BinaryConnect", section 2.3.
    """

    kind: ClassVar[str] = "hard_sigmoid"
    formula: ClassVar[str] = "max(0, min(1, slope·x + 1/2))"
    slope: Positive = 1 / 6


class Tanh(Activation):
    """Squashes its input into (-1, 1), for the hidden state of recurrent layers.

    Generally better than `Sigmoid`, because its outputs are centered on 0, but it also
    saturates.

    References:
        LeCun et al., 1998, "Efficient backprop", section 4.4.
    """

    kind: ClassVar[str] = "tanh"
    formula: ClassVar[str] = "(exp(x) - exp(-x))/(exp(x) + exp(-x))"


class Softsign(Activation):
    """Squashes its input into (-1, 1), but saturates more slowly than `Tanh`.

    It approaches its limits like 1/x instead of exponentially.

    References:
        Turian, Bergstra and Bengio, 2009, "Quadratic features and deep architectures
        for chunking".
    """

    kind: ClassVar[str] = "softsign"
    formula: ClassVar[str] = "x/(1 + |x|)"


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


class LogSoftmax(Activation):
    """Turns the last axis into log probabilities of classes.

    More exact than the logarithm of `Softmax` for small probabilities. The costs for
    multiclass tasks already include it, so networks do not need it for training.

    References:
        Goodfellow, Bengio and Courville, 2016, "Deep Learning", section 6.2.2.3.
    """

    kind: ClassVar[str] = "log_softmax"
    formula: ClassVar[str] = "x_j - log(Σ_k exp(x_k))"


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


class ReLU6(Activation):
    """A `ReLU` with an upper limit of 6.

    For networks that compute with few bits, because its outputs are in a fixed range.

    References:
        Krizhevsky, 2010, "Convolutional deep belief networks on CIFAR-10".
    """

    kind: ClassVar[str] = "relu6"
    formula: ClassVar[str] = "min(max(0, x), 6)"


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

    Args:
        per_channel: whether each channel has its own slope. Otherwise, the layer has
            a single slope.

    Example:
        >>> ParametricReLU(per_channel=True)
        ParametricReLU(per_channel=True)

    References:
        He et al., 2015, "Delving deep into rectifiers" (also the initial slope).
    """

    kind: ClassVar[str] = "parametric_relu"
    formula: ClassVar[str] = f"{LeakyReLU.formula}, negative_slope learned"
    learned: ClassVar[Mapping[str, float]] = {"negative_slope": 0.25}
    per_channel: bool = False


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


class CELU(Activation):
    """An `ELU` whose derivative is continuous at 0 for every `alpha`.

    Args:
        alpha: positive; the output approaches -alpha for large negative values.

    References:
        Barron, 2017, "Continuously differentiable exponential linear units".
    """

    kind: ClassVar[str] = "celu"
    formula: ClassVar[str] = "x if x > 0 else alpha·(exp(x/alpha) - 1)"
    alpha: Positive = 1.0


class SELU(Activation):
    """A scaled `ELU`, which keeps the mean at 0 and the variance at 1.

    For deep dense networks without normalization layers. Use it with standardized
    inputs.

    References:
        Klambauer et al., 2017, "Self-normalizing neural networks".
    """

    kind: ClassVar[str] = "selu"
    formula: ClassVar[str] = "1.0507·(x if x > 0 else 1.6733·(exp(x) - 1))"


class GELU(Activation):
    """Multiplies x by the probability that a standard normal variable is below x.

    The usual choice for transformers. This is the exact function; for its tanh
    approximation, use `GELUTanh`.

    References:
        Hendrycks and Gimpel, 2016, "Gaussian error linear units".
    """

    kind: ClassVar[str] = "gelu"
    formula: ClassVar[str] = "x·(1 + erf(x/√2))/2"


class GELUTanh(Activation):
    """The tanh approximation of `GELU`, which differs from it by at most 0.0005.

    For networks that were trained with it, such as GPT-2.

    References:
        Hendrycks and Gimpel, 2016, "Gaussian error linear units".
    """

    kind: ClassVar[str] = "gelu_tanh"
    formula: ClassVar[str] = "x·(1 + tanh(√(2/π)·(x + 0.044715·x³)))/2"


class SiLU(Activation):
    """Multiplies x by the sigmoid of x.

    SiLU is a smooth variant of `ReLU` and is also called swish.

    References:
        Elfwing et al., 2018, "Sigmoid-weighted linear units".
    """

    kind: ClassVar[str] = "silu"
    formula: ClassVar[str] = "x/(1 + exp(-x))"


class HardSwish(Activation):
    """A piecewise approximation of `SiLU`, which is cheap to compute.

    For small convolutional networks on mobile devices.

    References:
        Howard et al., 2019, "Searching for MobileNetV3".
    """

    kind: ClassVar[str] = "hard_swish"
    formula: ClassVar[str] = "x·max(0, min(1, x/6 + 1/2))"


class Mish(Activation):
    """Multiplies x by the tanh of the softplus of x.

    A smooth variant of `ReLU`, similar to `SiLU`.

    References:
        Misra, 2019, "Mish: a self regularized non-monotonic activation function".
    """

    kind: ClassVar[str] = "mish"
    formula: ClassVar[str] = "x·tanh(log(1 + exp(x)))"


class Softplus(Activation):
    """Maps its input smoothly to positive values, for outputs such as rates or scales.

    References:
        Dugas et al., 2001, "Incorporating second-order functional knowledge for
        better option pricing".
    """

    kind: ClassVar[str] = "softplus"
    formula: ClassVar[str] = "log(1 + exp(x))"
