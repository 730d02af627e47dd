"""Learning-rate schedules: a factor on the base rate over the course of a training."""

from assay.optim.schedules._decays import (
    constant,
    cosine,
    exponential,
    linear,
    polynomial,
    step,
)
from assay.optim.schedules._plateau import (
    Plateau,
    on_plateau,
    start_plateau,
    update_plateau,
)
from assay.optim.schedules._registry import REGISTRY, get, sample
from assay.optim.schedules._rises import one_cycle, warmup, warmup_cosine
from assay.optim.schedules._schedule import Schedule

__all__ = [
    "REGISTRY",
    "Plateau",
    "Schedule",
    "constant",
    "cosine",
    "exponential",
    "get",
    "linear",
    "on_plateau",
    "one_cycle",
    "polynomial",
    "sample",
    "start_plateau",
    "step",
    "update_plateau",
    "warmup",
    "warmup_cosine",
]
