"""Regularizers: what narrows the gap between training and generalization."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._base import Family, Range
from assay.spec._fields import Fraction, NonNegative
from assay.spec._space import Space

__all__ = [
    "L1",
    "L2",
    "AnyRegularizer",
    "EarlyStopping",
    "LabelSmoothing",
    "Regularizer",
    "WeightDecay",
]


class Regularizer(Family):
    """A term or rule that keeps the model from fitting the noise."""


AnyRegularizer = Annotated[
    SerializeAsAny[Regularizer], BeforeValidator(Regularizer.read)
]


class L1(Regularizer):
    """Adds strength times the sum of |w| over the weights to the cost."""

    kind: ClassVar[str] = "l1"
    strength: NonNegative = 1e-4


class L2(Regularizer):
    """Adds strength times the sum of w squared over the weights to the cost."""

    kind: ClassVar[str] = "l2"
    strength: NonNegative = 1e-4


class WeightDecay(Regularizer):
    """Shrinks the weights by learning_rate times strength at every update.

    Under any optimizer, apart from its gradient; AdamW, Lion and LAMB also have one of
    their own, which takes in biases.
    """

    kind: ClassVar[str] = "weight_decay"
    strength: NonNegative = 1e-2


class LabelSmoothing(Regularizer):
    """Gives a share `amount` of every target to all classes alike, in training."""

    kind: ClassVar[str] = "label_smoothing"
    amount: Fraction = 0.1


class EarlyStopping(Regularizer):
    """Stops when the val cost has not improved for some epochs; keeps the best."""

    kind: ClassVar[str] = "early_stopping"
    patience_epochs: Annotated[float | Space, Range(1, whole=True, example=20)] = 20
    min_improvement: NonNegative = 0.0
