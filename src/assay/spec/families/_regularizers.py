"""Regularizer specs."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._family import Family
from assay.spec._fields import Fraction, NonNegative
from assay.spec._range import Range
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
    """A penalty or rule that prevents the model from fitting noise.

    In the formulas, w denotes the kernels of the layers. Biases, scales and slopes are
    not regularized, because smaller values would not make the function simpler.
    """


AnyRegularizer = Annotated[
    SerializeAsAny[Regularizer], BeforeValidator(Regularizer.read)
]


class L1(Regularizer):
    """A penalty on the sizes of weights, which sets many weights to 0.

    Use it for data with many irrelevant inputs. The penalty pulls small and large
    weights toward 0 with the same strength.

    References:
        Tibshirani, Regression Shrinkage and Selection via the Lasso, 1996.
    """

    kind: ClassVar[str] = "l1"
    formula: ClassVar[str] = "strength·Σ|w|"
    strength: NonNegative = 1e-4


class L2(Regularizer):
    """A penalty on the squared weights, which affects large weights most.

    This is the usual choice. The pull on a weight is proportional to the weight. With
    Adam and its variants, use weight decay instead, because these optimizers rescale
    the pull.

    References:
        Hoerl and Kennard, Ridge Regression, 1970.
    """

    kind: ClassVar[str] = "l2"
    formula: ClassVar[str] = "strength·Σw²"
    strength: NonNegative = 1e-4


class WeightDecay(Regularizer):
    """Shrinkage of the weights at every update, decoupled from the gradient.

    It works with every optimizer. With Adam and its variants, which divide the gradient
    by its size, it differs from L2 and works better. AdamW, Lion and LAMB also have
    their own weight decay, which applies to biases too.

    References:
        Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
    """

    kind: ClassVar[str] = "weight_decay"
    formula: ClassVar[str] = "w - learning_rate·(d + strength·w)"
    strength: NonNegative = 1e-2


class LabelSmoothing(Regularizer):
    """Spreads a fraction `amount` of every training target evenly over all k classes.

    Use it for overconfident classifiers. Smoothing prevents the logits from growing
    without bound.

    References:
        Szegedy et al., Rethinking the Inception Architecture for Computer Vision,
        2016, section 7.
    """

    kind: ClassVar[str] = "label_smoothing"
    formula: ClassVar[str] = "(1 - amount)·targets + amount/k"
    amount: Fraction = 0.1


class EarlyStopping(Regularizer):
    """Stops training when the val cost no longer improves, and keeps the best model.

    Use it for any network that can fit the noise in its training data.

    References:
        Prechelt, Early Stopping - But When?, 1998.
    """

    kind: ClassVar[str] = "early_stopping"
    formula: ClassVar[str] = (
        "stop after patience_epochs consecutive epochs that have not lowered the best "
        "val cost by more than min_improvement"
    )
    patience_epochs: Annotated[float | Space, Range(1, whole=True, example=20)] = 20
    min_improvement: NonNegative = 0.0
