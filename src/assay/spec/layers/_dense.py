"""Dense layers and learned scales."""

from typing import ClassVar

from assay.spec._fields import Count
from assay.spec.layers._layer import Layer

__all__ = ["Dense", "LearnedScale"]


class Dense(Layer):
    """Connects every input to every output.

    This is the standard layer for tables and the last layer of most networks. For
    sequences, the same weights apply at every step.

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


class LearnedScale(Layer):
    """Multiplies each channel by a learned factor, which starts at 1.

    As the first layer of a network for tables, it learns how much each input matters,
    and does so faster than a dense layer would. Weight decay shrinks the factors of
    inputs that do not help.

    Example:
        >>> LearnedScale().kind
        'learned_scale'

    References:
        Holzmüller, Grinsztajn and Steinwart, 2024, "Better by default: strong pre-tuned
        MLPs and boosted trees on tabular data".
    """

    kind: ClassVar[str] = "learned_scale"
    formula: ClassVar[str] = "y = scale x"
