"""Costs as a user asks for them: each is the mean of a loss over the data set."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._base import Family
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
    """What training optimizes: a mean loss, or a likelihood."""


AnyCost = Annotated[SerializeAsAny[Cost], BeforeValidator(Cost.read)]


class SquaredError(Cost):
    """Mean squared error (MSE, L2)."""

    kind: ClassVar[str] = "squared_error"


class AbsoluteError(Cost):
    """Mean absolute error (MAE, L1)."""

    kind: ClassVar[str] = "absolute_error"


class Huber(Cost):
    """Quadratic up to delta, linear beyond: less moved by outliers."""

    kind: ClassVar[str] = "huber"
    delta: Positive = 1.0


class Hinge(Cost):
    """max(0, 1 - t y) with t in {-1, 1}."""

    kind: ClassVar[str] = "hinge"


class CrossEntropy(Cost):
    """Cross-entropy over classes, from logits."""

    kind: ClassVar[str] = "cross_entropy"


class BinaryCrossEntropy(Cost):
    """Cross-entropy over two classes, from one logit."""

    kind: ClassVar[str] = "binary_cross_entropy"


class LogLikelihood(Cost):
    """Log-likelihood of the classes, maximized."""

    kind: ClassVar[str] = "log_likelihood"


class GaussianLikelihood(Cost):
    """Gaussian log-likelihood with a learned variance, maximized."""

    kind: ClassVar[str] = "gaussian_likelihood"


class PoissonLikelihood(Cost):
    """Poisson log-likelihood of counts, maximized."""

    kind: ClassVar[str] = "poisson_likelihood"
