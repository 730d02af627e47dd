"""The layer family, with dense, dropout and scaling layers."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._family import Family
from assay.spec._fields import Count, Fraction

__all__ = [
    "AnyLayer",
    "Dense",
    "Dropout",
    "Layer",
    "LearnedScale",
    "SpatialDropout",
]


class Layer(Family):
    """One step of a model, which maps a batch of arrays to another batch."""


AnyLayer = Annotated[SerializeAsAny[Layer], BeforeValidator(Layer.read)]


class Dense(Layer):
    """Connects every input to every output.

    The standard layer for tables, and the last layer of most networks. For sequences,
    the same weights apply at every step.

    Args:
        units: number of outputs.
        bias: whether to add a learned bias to each output.
        initializer: initializer of the weights W; "auto" depends on the next
            activation.

    Example:
        >>> Dense(64)
        Dense(units=64, bias=True, initializer='auto')

    References:
        Goodfellow, Bengio and Courville, 2016, "Deep Learning", chapter 6.
    """

    kind: ClassVar[str] = "dense"
    formula: ClassVar[str] = "y = x W + b"
    units: Count
    bias: bool = True
    initializer: str = "auto"


class Dropout(Layer):
    """Sets a random fraction of its inputs to zero in training and scales the rest.

    For networks that fit noise. Dropout prevents units from relying on each other and
    preserves the mean. In inference, y = x.

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
    """Sets whole channels to zero at random in training and scales the rest.

    For use after convolutions. Neighboring positions are nearly equal there, so
    dropping single numbers has little effect. The mean is preserved. In inference,
    y = x.

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


class LearnedScale(Layer):
    """Multiplies each channel by a learned factor, which starts at 1.

    As the first layer for a table, it learns faster than the weights of a dense layer
    how much each input matters. Weight decay shrinks the factors of inputs that do not
    help.

    Example:
        >>> LearnedScale().kind
        'learned_scale'

    References:
        Holzmüller, Grinsztajn and Steinwart, 2024, "Better by default: strong pre-tuned
        MLPs and boosted trees on tabular data".
    """

    kind: ClassVar[str] = "learned_scale"
    formula: ClassVar[str] = "y = scale x"
