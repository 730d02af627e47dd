"""Every optimizer by its name."""

from assay._errors import InputError, did_you_mean, fault
from assay.optim._adam import ADAM, ADAMW, LAMB, NADAM
from assay.optim._descent import MOMENTUM, NESTEROV, SGD
from assay.optim._lion import LION
from assay.optim._optimizer import Optimizer
from assay.optim._squares import ADADELTA, ADAGRAD, RMSPROP

__all__ = ["REGISTRY", "get"]

REGISTRY: dict[str, Optimizer] = {
    optimizer.name: optimizer
    for optimizer in (
        SGD,
        MOMENTUM,
        NESTEROV,
        ADAGRAD,
        RMSPROP,
        ADADELTA,
        ADAM,
        ADAMW,
        NADAM,
        LION,
        LAMB,
    )
}


def get(name: str) -> Optimizer:
    """Return the optimizer of this name.

    Raises:
        InputError: there is none; names the nearest.

    Example:
        >>> get("momentum").hyperparameters
        {'momentum': 0.9}
    """
    if name in REGISTRY:
        return REGISTRY[name]
    fix = f"Write one of {', '.join(REGISTRY)}."
    message = fault("optimizer is known", "optimizer", name, fix)
    raise InputError(message + did_you_mean(name, REGISTRY))
