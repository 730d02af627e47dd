"""Learning-rate schedules: a factor over the course of a training.

Lengths are fractions of the training, so a schedule needs no absolute numbers.
"""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._base import Family, Range
from assay.spec._fields import Fraction, OpenFraction
from assay.spec._space import Space

__all__ = [
    "AnySchedule",
    "Constant",
    "Cosine",
    "Exponential",
    "Linear",
    "OnPlateau",
    "OneCycle",
    "Polynomial",
    "Schedule",
    "Step",
    "Warmup",
    "WarmupCosine",
]

_UnitInterval = Annotated[float | Space, Range(0, 1, example=0.1)]
_Decay = Annotated[float | Space, Range(0, 1, open_low=True, example=0.1)]


class Schedule(Family):
    """A factor that multiplies the learning rate at each iteration."""


AnySchedule = Annotated[SerializeAsAny[Schedule], BeforeValidator(Schedule.read)]


class Constant(Schedule):
    """The learning rate as it is."""

    kind: ClassVar[str] = "constant"


class Step(Schedule):
    """Multiplied by `decay` each time `drop_every` of the training has passed."""

    kind: ClassVar[str] = "step"
    drop_every: OpenFraction = 0.3
    decay: _Decay = 0.1


class Exponential(Schedule):
    """Falls by equal factors, to `final_fraction` at the end."""

    kind: ClassVar[str] = "exponential"
    final_fraction: _Decay = 0.01


class Linear(Schedule):
    """Falls by equal amounts, to `final_fraction` at the end."""

    kind: ClassVar[str] = "linear"
    final_fraction: _UnitInterval = 0.0


class Polynomial(Schedule):
    """Falls as (1 - progress) to the given power, to `final_fraction` at the end."""

    kind: ClassVar[str] = "polynomial"
    power: Annotated[float | Space, Range(0, open_low=True, example=2)] = 2.0
    final_fraction: _UnitInterval = 0.0


class Cosine(Schedule):
    """Falls along half a cosine, to `final_fraction` at the end."""

    kind: ClassVar[str] = "cosine"
    final_fraction: _UnitInterval = 0.0


class Warmup(Schedule):
    """Rises from 0 over `warmup_fraction` of the training, then stays."""

    kind: ClassVar[str] = "warmup"
    warmup_fraction: Fraction = 0.1


class WarmupCosine(Schedule):
    """Rises over `warmup_fraction` of the training, then falls along a cosine."""

    kind: ClassVar[str] = "warmup_cosine"
    warmup_fraction: Fraction = 0.1
    final_fraction: _UnitInterval = 0.0


class OneCycle(Schedule):
    """From `initial_fraction` up to 1 at `peak_fraction`, then down to the end."""

    kind: ClassVar[str] = "one_cycle"
    peak_fraction: OpenFraction = 0.3
    initial_fraction: _Decay = 0.04
    final_fraction: _UnitInterval = 4e-6


class OnPlateau(Schedule):
    """Multiplied by `decay` when the val cost has not improved for some epochs."""

    kind: ClassVar[str] = "on_plateau"
    patience_epochs: Annotated[float | Space, Range(1, whole=True, example=5)] = 5
    decay: _Decay = 0.1
