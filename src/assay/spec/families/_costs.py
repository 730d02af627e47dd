"""Specs of costs, each of which is the mean of a loss over the data set."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._family import Family
from assay.spec._fields import Positive

__all__ = [
    "AbsoluteError",
    "AnyCost",
    "BinaryCrossEntropy",
    "Cost",
    "CrossEntropy",
    "GaussianLikelihood",
    "Hinge",
    "Huber",
    "LogLikelihood",
    "PoissonLikelihood",
    "SquaredError",
]


class Cost(Family):
    """A mean loss or likelihood that training optimizes.

    The formulas show the loss of one example, where `outputs` are the raw outputs of
    the model.
    """


AnyCost = Annotated[SerializeAsAny[Cost], BeforeValidator(Cost.read)]


class SquaredError(Cost):
    """Mean squared error (MSE, L2).

    This is the default for regression. It is minimized by the conditional mean.
    Squaring emphasizes large errors, so prefer `Huber` or `AbsoluteError` for data with
    outliers.

    References:
        Bishop, Pattern Recognition and Machine Learning, 2006, section 1.5.5.
    """

    kind: ClassVar[str] = "squared_error"
    formula: ClassVar[str] = "(outputs - targets)²"


class AbsoluteError(Cost):
    """Mean absolute error (MAE, L1).

    It is minimized by the conditional median, which outliers hardly affect. The
    gradient has the same size for all errors except 0, where it is 0.

    References:
        Bishop, Pattern Recognition and Machine Learning, 2006, section 1.5.5.
    """

    kind: ClassVar[str] = "absolute_error"
    formula: ClassVar[str] = "|outputs - targets|"


class Huber(Cost):
    """Squared error for errors up to `delta` and linear error beyond.

    It is as smooth as `SquaredError` near the target and as robust to outliers as
    `AbsoluteError`. `delta` is in units of the target; 1 suits standardized targets.

    References:
        Huber, Robust Estimation of a Location Parameter, 1964.
    """

    kind: ClassVar[str] = "huber"
    formula: ClassVar[str] = (
        "r²/2 if |r| ≤ delta else delta·(|r| - delta/2), r = outputs - targets"
    )
    delta: Positive = 1.0


class Hinge(Cost):
    """The loss of support vector machines, with a required margin of 1.

    Examples beyond the margin have a loss of 0. The outputs are margins, not logits.
    The sigmoid of a margin can be used to rank examples and to decide at a threshold of
    0.5, but it is not a probability.

    References:
        Cortes and Vapnik, Support-Vector Networks, 1995.
    """

    kind: ClassVar[str] = "hinge"
    formula: ClassVar[str] = "max(0, 1 - t·outputs), t = 2·targets - 1"


class BinaryCrossEntropy(Cost):
    """Cross-entropy for two classes, computed from one logit.

    This is the default for binary tasks.

    References:
        Goodfellow et al., Deep Learning, 2016, section 6.2.2.2.
    """

    kind: ClassVar[str] = "binary_cross_entropy"
    formula: ClassVar[str] = (
        "-targets·log p - (1 - targets)·log(1 - p), p = sigmoid(outputs)"
    )


class CrossEntropy(Cost):
    """Cross-entropy for several classes, computed from logits.

    This is the default for multiclass tasks. The cost includes softmax, so do not end
    the model with a softmax layer.

    References:
        Goodfellow et al., Deep Learning, 2016, section 6.2.2.3.
    """

    kind: ClassVar[str] = "cross_entropy"
    formula: ClassVar[str] = "-Σ_c targets[c]·log p[c], p = softmax(outputs)"


class LogLikelihood(Cost):
    """Log-likelihood of the classes, to be maximized.

    Maximizing its mean over the data set maximizes the sum of log p(y given x). The
    log-likelihood is the negative cross-entropy, so both costs lead to the same model.

    References:
        Goodfellow et al., Deep Learning, 2016, section 5.5.
    """

    kind: ClassVar[str] = "log_likelihood"
    formula: ClassVar[str] = (
        "log p[targets], p = softmax(outputs), or sigmoid(outputs) of one output"
    )


class GaussianLikelihood(Cost):
    """Gaussian log-likelihood with a learned variance, to be maximized.

    Use it for regression with noise that varies between examples. The model also
    predicts its uncertainty as the unconstrained log variance s.

    References:
        Nix and Weigend, Estimating the Mean and Variance of the Target Probability
        Distribution, 1994.
    """

    kind: ClassVar[str] = "gaussian_likelihood"
    formula: ClassVar[str] = (
        "-(log 2π + s + (targets - mean)²·exp(-s))/2, (mean, s) = outputs"
    )


class PoissonLikelihood(Cost):
    """Poisson log-likelihood of counts, to be maximized.

    Use it for counts of events (0, 1, 2, ...), whose variance grows with their mean.
    The model predicts the log rate, which is unconstrained. Counts are not
    standardized.

    References:
        McCullagh and Nelder, Generalized Linear Models, 1989, chapter 6.
    """

    kind: ClassVar[str] = "poisson_likelihood"
    formula: ClassVar[str] = "targets·z - exp(z) - log(targets!), z = outputs"
