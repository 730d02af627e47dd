"""Learning-rate schedules, which multiply the base rate by time-dependent factors."""

from assay.optim.schedules import _decays, _plateau, _warmup
from assay.optim.schedules._decays import *
from assay.optim.schedules._plateau import *
from assay.optim.schedules._schedule import (
    REGISTRY,
    Schedule,
    get,
    implements,
    sample,
)
from assay.optim.schedules._warmup import *

__all__ = ["REGISTRY", "Schedule", "get", "implements", "sample"]
__all__ += _decays.__all__
__all__ += _plateau.__all__
__all__ += _warmup.__all__
