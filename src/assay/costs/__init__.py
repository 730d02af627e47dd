"""Losses of one point, costs of a data set, objectives of training, and links."""

from assay.costs._classification import binary_cross_entropy, cross_entropy, hinge
from assay.costs._cost import cost, objective
from assay.costs._distances import absolute_error, huber, squared_error
from assay.costs._likelihoods import (
    gaussian_likelihood,
    log_likelihood,
    poisson_likelihood,
)
from assay.costs._links import class_link, identity, rate, sigmoid, softmax
from assay.costs._loss import Loss
from assay.costs._registry import REGISTRY, get

__all__ = [
    "REGISTRY",
    "Loss",
    "absolute_error",
    "binary_cross_entropy",
    "class_link",
    "cost",
    "cross_entropy",
    "gaussian_likelihood",
    "get",
    "hinge",
    "huber",
    "identity",
    "log_likelihood",
    "objective",
    "poisson_likelihood",
    "rate",
    "sigmoid",
    "softmax",
    "squared_error",
]
