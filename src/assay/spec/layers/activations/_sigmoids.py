"""Activations with S-shaped curves that saturate on both sides."""

from typing import ClassVar

from assay.spec._fields import Positive
from assay.spec.layers.activations._activation import Activation

__all__ = ["ISRU", "HardSigmoid", "Sigmoid", "Softsign", "Tanh"]


class Sigmoid(Activation):
    """Squashes its input into (0, 1), for probabilities and gates in recurrent layers.

    As the output activation of binary classifiers, it is already part of
    `BinaryCrossEntropy`. In hidden layers, prefer `Tanh` or, better, `ReLU`, because
    `Sigmoid` saturates and its outputs are not centered on 0.

    References:
        LeCun et al., 1998, "Efficient backprop", section 4.4.
    """

    kind: ClassVar[str] = "sigmoid"
    formula: ClassVar[str] = "1/(1 + exp(-x))"


class HardSigmoid(Activation):
    """A cheap approximation of `Sigmoid` by three straight lines.

    The derivative is `slope` between the corners and 0 beyond them, so units with
    inputs far from 0 stop learning.

    Args:
        slope: positive; the corners are at ±1/(2·slope). The slope is 1/6 in PyTorch
            and Keras, and 0.2 in ONNX.

    References:
        Courbariaux, Bengio and David, 2015, "BinaryConnect", section 2.3.
    """

    kind: ClassVar[str] = "hard_sigmoid"
    formula: ClassVar[str] = "max(0, min(1, slope·x + 1/2))"
    slope: Positive = 1 / 6


class Tanh(Activation):
    """Squashes its input into (-1, 1), for the hidden states of recurrent layers.

    It is generally better than `Sigmoid`, because its outputs are centered on 0, but it
    also saturates.

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
    """Squashes its input into (-1/√alpha, 1/√alpha). Small values hardly change.

    Use it as the first layer for inputs with outliers, which it limits smoothly. It
    saturates more slowly than `Tanh`.

    Args:
        alpha: positive; the limit is 1/√alpha, which is 3 for alpha = 1/9.

    References:
        Carlile et al., 2017, "Improving deep learning by inverse square root linear
        units (ISRLUs)".
    """

    kind: ClassVar[str] = "isru"
    formula: ClassVar[str] = "x/√(1 + alpha·x²)"
    alpha: Positive = 1.0
