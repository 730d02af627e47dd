"""The ReLU and activations that differ from it only for negative values."""

from collections.abc import Mapping
from typing import ClassVar

from assay.spec._fields import NonNegative, Positive
from assay.spec.layers.activations._activation import Activation

__all__ = ["CELU", "ELU", "SELU", "LeakyReLU", "ParametricReLU", "ReLU", "ReLU6"]


class ReLU(Activation):
    """Keeps positive values and sets negative values to 0.

    It is the usual choice for hidden layers, because it does not saturate for x > 0. A
    unit whose input is negative for every example receives no gradient, so it stays at
    0 (a dead unit). `LeakyReLU` avoids this problem.

    References:
        Nair and Hinton, 2010, "Rectified linear units improve restricted Boltzmann
        machines".
    """

    kind: ClassVar[str] = "relu"
    formula: ClassVar[str] = "max(0, x)"


class ReLU6(Activation):
    """A `ReLU` with an upper limit of 6.

    Use it for low-precision networks, because its outputs have a fixed range.

    References:
        Krizhevsky, 2010, "Convolutional deep belief networks on CIFAR-10".
    """

    kind: ClassVar[str] = "relu6"
    formula: ClassVar[str] = "min(max(0, x), 6)"


class LeakyReLU(Activation):
    """Multiplies negative values by a small factor to prevent dead units.

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
    """Levels off smoothly for negative values, which moves the mean output closer to 0.

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
    """A scaled `ELU` that keeps the mean at 0 and the variance at 1.

    Use it for deep dense networks with standardized inputs and without normalization
    layers.

    References:
        Klambauer et al., 2017, "Self-normalizing neural networks".
    """

    kind: ClassVar[str] = "selu"
    formula: ClassVar[str] = "1.0507·(x if x > 0 else 1.6733·(exp(x) - 1))"
