"""Losses, costs, training objectives and link functions."""

from assay._calls import explain_package
from assay.costs import _cost, _cross_entropy, _distances, _likelihoods, _links
from assay.costs._cost import *
from assay.costs._cross_entropy import *
from assay.costs._distances import *
from assay.costs._likelihoods import *
from assay.costs._links import *
from assay.costs._loss import REGISTRY, Loss, get, implements

__all__ = ["REGISTRY", "Loss", "get", "implements"]
__all__ += _cost.__all__
__all__ += _cross_entropy.__all__
__all__ += _distances.__all__
__all__ += _likelihoods.__all__
__all__ += _links.__all__

explain_package(__name__)
