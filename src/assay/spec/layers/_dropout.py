"""Dropout layers."""

from typing import ClassVar

from assay.spec._fields import Fraction
from assay.spec.layers._layer import Layer

__all__ = ["Dropout", "SpatialDropout"]


class Dropout(Layer):
    """Sets random inputs to zero during training and scales the rest.

    Use it for networks that overfit. Dropout prevents units from relying on each other
    and preserves the mean. At inference, y = x.

    Args:
        rate: probability of dropping a number.

    References:
        Srivastava et al., 2014, "Dropout: a simple way to prevent neural networks
        from overfitting".
    """

    kind: ClassVar[str] = "dropout"
    formula: ClassVar[str] = "y = x m / (1 - rate), P(m = 1) = 1 - rate, else m = 0"
    rate: Fraction = 0.5


class SpatialDropout(Layer):
    """Sets whole channels to zero at random during training and scales the rest.

    Use it after convolutions. Neighboring positions are nearly equal there, so dropping
    single numbers has little effect. The mean is preserved. At inference, y = x.

    Args:
        rate: probability of dropping a channel.

    References:
        Tompson et al., 2015, "Efficient object localization using convolutional
        networks".
    """

    kind: ClassVar[str] = "spatial_dropout"
    formula: ClassVar[str] = (
        "y[p, c] = x[p, c] m[c] / (1 - rate), P(m[c] = 1) = 1 - rate, else m[c] = 0"
    )
    rate: Fraction = 0.2
