"""Learning-rate schedules, which multiply the base rate by a time-dependent factor."""

from assay.optim.schedules import _decays, _plateau, _rises
from assay.optim.schedules._decays import *
from assay.optim.schedules._plateau import *
from assay.optim.schedules._rises import *
from assay.optim.schedules._schedule import (
    REGISTRY,
    Schedule,
    get,
    implements,
    sample,
)

__all__ = ["REGISTRY", "Schedule", "get", "implements", "sample"]
__all__ += _decays.__all__
__all__ += _plateau.__all__
__all__ += _rises.__all__
