"""Regularizers as a user specifies them."""

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
    """A term or rule that keeps the model from fitting the noise.

    In the formulas w are the kernels of the layers. Biases, scales and slopes are left
    free, because keeping them small does not make the function simpler.
    """


AnyRegularizer = Annotated[
    SerializeAsAny[Regularizer], BeforeValidator(Regularizer.read)
]


class L1(Regularizer):
    """A penalty on the size of the weights that sets many of them to 0.

    For inputs most of which do not matter. The pull on a weight is the same however
    small the weight is.

    References:
        Tibshirani, Regression Shrinkage and Selection via the Lasso, 1996.
    """

    kind: ClassVar[str] = "l1"
    formula: ClassVar[str] = "strength·Σ|w|"
    strength: NonNegative = 1e-4


class L2(Regularizer):
    """A penalty on the squares of the weights, of which large ones cost most.

    The usual choice. The pull on a weight is proportional to it. Adam and its variants
    divide the pull away; use weight decay with them.

    References:
        Hoerl and Kennard, Ridge Regression, 1970.
    """

    kind: ClassVar[str] = "l2"
    formula: ClassVar[str] = "strength·Σw²"
    strength: NonNegative = 1e-4


class WeightDecay(Regularizer):
    """A pull on the weights at every update, apart from the gradient.

    For every optimizer. With those that divide the gradient by its size (Adam and its
    variants) it differs from L2 and works better. AdamW, Lion and LAMB have their own
    weight decay as well, which includes biases.

    References:
        Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019.
    """

    kind: ClassVar[str] = "weight_decay"
    formula: ClassVar[str] = "w - learning_rate·(d + strength·w)"
    strength: NonNegative = 1e-2


class LabelSmoothing(Regularizer):
    """A share `amount` of every training target spread evenly over all k classes.

    For classifiers that become overconfident: it keeps the logits from growing without
    end.

    References:
        Szegedy et al., Rethinking the Inception Architecture for Computer Vision,
        2016, section 7.
    """

    kind: ClassVar[str] = "label_smoothing"
    formula: ClassVar[str] = "(1 - amount)·targets + amount/k"
    amount: Fraction = 0.1


class EarlyStopping(Regularizer):
    """An end of training once the val cost has stopped improving; keeps the best model.

    For every network that could learn the noise of its training part.

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
