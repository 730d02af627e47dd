"""Regularizers as specified by the user."""

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
    """A term or rule that keeps the model from fitting noise.

    In the formulas, w are the kernels of the layers. Biases, scales and slopes are not
    regularized, because keeping them small does not make the function simpler.
    """


AnyRegularizer = Annotated[
    SerializeAsAny[Regularizer], BeforeValidator(Regularizer.read)
]


class L1(Regularizer):
    """A penalty on the size of the weights that sets many of them to 0.

    For data in which most inputs do not matter. The pull on a weight is the same no
    matter how small the weight is.

    References:
        Tibshirani, Regression Shrinkage and Selection via the Lasso, 1996.
    """

    kind: ClassVar[str] = "l1"
    formula: ClassVar[str] = "strength·Σ|w|"
    strength: NonNegative = 1e-4


class L2(Regularizer):
    """A penalty on the squared weights, which affects large weights most.

    The usual choice. The pull on a weight is proportional to the weight. Adam and its
    variants normalize the pull away; use weight decay with them.

    References:
        Hoerl and Kennard, Ridge Regression, 1970.
    """

    kind: ClassVar[str] = "l2"
    formula: ClassVar[str] = "strength·Σw²"
    strength: NonNegative = 1e-4


class WeightDecay(Regularizer):
    """Shrinkage of the weights at every update, decoupled from the gradient.

    Works with every optimizer. With those that divide the gradient by its size (Adam
    and its variants) it differs from L2 and works better. AdamW, Lion and LAMB also
    have their own weight decay, which includes biases.

    References:
        Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
    """

    kind: ClassVar[str] = "weight_decay"
    formula: ClassVar[str] = "w - learning_rate·(d + strength·w)"
    strength: NonNegative = 1e-2


class LabelSmoothing(Regularizer):
    """Spreads a share `amount` of every training target evenly over all k classes.

    For classifiers that become overconfident: it keeps the logits from growing without
    bound.

    References:
        Szegedy et al., Rethinking the Inception Architecture for Computer Vision,
        2016, section 7.
    """

    kind: ClassVar[str] = "label_smoothing"
    formula: ClassVar[str] = "(1 - amount)·targets + amount/k"
    amount: Fraction = 0.1


class EarlyStopping(Regularizer):
    """Ends training once the val cost stops improving, and keeps the best model.

    For every network that could fit the noise in its training part.

    References:
        Prechelt, Early Stopping - But When?, 1998.
    """

    kind: ClassVar[str] = "early_stopping"
    formula: ClassVar[str] = (
        "stop once patience_epochs epochs in a row have not lowered the best val cost "
        "by more than min_improvement"
    )
    patience_epochs: Annotated[float | Space, Range(1, whole=True, example=20)] = 20
    min_improvement: NonNegative = 0.0
