"""Activations for output layers."""

from typing import ClassVar

from assay.spec.layers.activations._activation import Activation

__all__ = ["Identity", "LogSoftmax", "Softmax"]


class Identity(Activation):
    """Leaves its input unchanged.

    Use it as the output activation for regression.

    References:
        Goodfellow, Bengio and Courville, 2016, "Deep Learning", section 6.2.2.1.
    """

    kind: ClassVar[str] = "identity"
    formula: ClassVar[str] = "x"


class Softmax(Activation):
    """Converts the last axis to class probabilities.

    Use it as the output activation for multiclass classification. The costs for
    multiclass tasks already include it.

    References:
        Bridle, 1990, "Probabilistic interpretation of feedforward classification
        network outputs".
    """

    kind: ClassVar[str] = "softmax"
    formula: ClassVar[str] = "exp(x_j)/Σ_k exp(x_k)"


class LogSoftmax(Activation):
    """Converts the last axis to log probabilities of classes.

    It is more accurate than the logarithm of `Softmax` for small probabilities. The
    costs for multiclass tasks already include it, so networks do not need it for
    training.

    References:
        Goodfellow, Bengio and Courville, 2016, "Deep Learning", section 6.2.2.3.
    """

    kind: ClassVar[str] = "log_softmax"
    formula: ClassVar[str] = "x_j - log(Σ_k exp(x_k))"
