"""Every loss by its name."""

from assay._errors import InputError, did_you_mean, fault
from assay.costs._classification import BINARY_CROSS_ENTROPY, CROSS_ENTROPY, HINGE
from assay.costs._distances import ABSOLUTE_ERROR, HUBER, SQUARED_ERROR
from assay.costs._likelihoods import (
    GAUSSIAN_LIKELIHOOD,
    LOG_LIKELIHOOD,
    POISSON_LIKELIHOOD,
)
from assay.costs._loss import Loss

__all__ = ["REGISTRY", "get"]

REGISTRY: dict[str, Loss] = {
    loss.name: loss
    for loss in (
        SQUARED_ERROR,
        ABSOLUTE_ERROR,
        HUBER,
        HINGE,
        BINARY_CROSS_ENTROPY,
        CROSS_ENTROPY,
        LOG_LIKELIHOOD,
        GAUSSIAN_LIKELIHOOD,
        POISSON_LIKELIHOOD,
    )
}


def get(name: str) -> Loss:
    """Return the loss of this name.

    Raises:
        InputError: there is none; names the nearest.

    Example:
        >>> get("cross_entropy").num_outputs(3)
        3
    """
    if name in REGISTRY:
        return REGISTRY[name]
    fix = f"Write one of {', '.join(REGISTRY)}."
    message = fault("cost is known", "cost", name, fix)
    raise InputError(message + did_you_mean(name, REGISTRY))
