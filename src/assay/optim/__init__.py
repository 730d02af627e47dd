"""Optimizers: the direction of an update; schedules: its size; clipping: its bound."""

from assay.optim import schedules
from assay.optim._adam import adam, adamw, lamb, nadam
from assay.optim._clipping import clip_by_global_norm, global_norm
from assay.optim._descent import momentum, nesterov, sgd
from assay.optim._lion import lion
from assay.optim._optimizer import Optimizer
from assay.optim._registry import REGISTRY, get
from assay.optim._squares import adadelta, adagrad, rmsprop

__all__ = [
    "REGISTRY",
    "Optimizer",
    "adadelta",
    "adagrad",
    "adam",
    "adamw",
    "clip_by_global_norm",
    "get",
    "global_norm",
    "lamb",
    "lion",
    "momentum",
    "nadam",
    "nesterov",
    "rmsprop",
    "schedules",
    "sgd",
]
