"""Every optimizer by its name."""

from assay.optim._adam import ADAM, ADAMW, LAMB, NADAM
from assay.optim._descent import MOMENTUM, NESTEROV, SGD
from assay.optim._lion import LION
from assay.optim._optimizer import Optimizer
from assay.optim._squares import ADADELTA, ADAGRAD, RMSPROP
from assay.spec import Registry

__all__ = ["REGISTRY", "get"]

REGISTRY: Registry[Optimizer] = Registry("optimizer")
for _optimizer in (
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
):
    REGISTRY.add(_optimizer)

get = REGISTRY.find
