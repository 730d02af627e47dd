"""Smooth variants of the ReLU and cheaper approximations of them."""

from typing import ClassVar

from assay.spec.layers.activations._activation import Activation

__all__ = ["GELU", "GELUTanh", "HardSwish", "Mish", "SiLU", "Softplus"]


class GELU(Activation):
    """Multiplies x by the probability that a standard normal variable is below x.

    It is the usual choice for transformers. This is the exact function; for its tanh
    approximation, use `GELUTanh`.

    References:
        Hendrycks and Gimpel, 2016, "Gaussian error linear units".
    """

    kind: ClassVar[str] = "gelu"
    formula: ClassVar[str] = "x·(1 + erf(x/√2))/2"


class GELUTanh(Activation):
    """The tanh approximation of `GELU`, which differs from it by at most 0.0005.

    Use it for networks that were trained with it, such as GPT-2.

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
    """A cheap piecewise approximation of `SiLU`.

    Use it for small convolutional networks on mobile devices.

    References:
        Howard et al., 2019, "Searching for MobileNetV3".
    """

    kind: ClassVar[str] = "hard_swish"
    formula: ClassVar[str] = "x·max(0, min(1, x/6 + 1/2))"


class Mish(Activation):
    """Multiplies x by the tanh of the softplus of x.

    Mish is a smooth variant of `ReLU`, similar to `SiLU`.

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
