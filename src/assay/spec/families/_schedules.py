"""Specs of learning-rate schedules.

Durations are fractions of the total number of iterations, so the same schedule suits
training of any length.
"""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._family import Family
from assay.spec._fields import Fraction, OpenFraction
from assay.spec._range import Range
from assay.spec._space import Space

__all__ = [
    "AnySchedule",
    "Constant",
    "Cosine",
    "Exponential",
    "FlatCosine",
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
    """A factor that multiplies the learning rate at each iteration.

    In the formulas, progress is iteration / total_iterations, from 0 to 1.
    """


AnySchedule = Annotated[SerializeAsAny[Schedule], BeforeValidator(Schedule.read)]


class Constant(Schedule):
    """A constant learning rate.

    References:
        Robbins and Monro, A Stochastic Approximation Method, 1951 (explains why a
        constant rate does not converge).
    """

    kind: ClassVar[str] = "constant"
    formula: ClassVar[str] = "factor = 1"


class Step(Schedule):
    """Multiplies the rate by `decay` at regular intervals.

    The length of an interval is the fraction `drop_every` of all iterations, rounded to
    whole iterations and at least 1.

    References:
        He et al., Deep Residual Learning for Image Recognition, 2016, section 3.4.
    """

    kind: ClassVar[str] = "step"
    formula: ClassVar[str] = (
        "decay^floor(iteration / round(drop_every·total_iterations))"
    )
    drop_every: OpenFraction = 0.3
    decay: _Decay = 0.1


class Exponential(Schedule):
    """Decays exponentially to `final_fraction` at the end.

    References:
        Goodfellow et al., Deep Learning, 2016, section 8.3.1.
    """

    kind: ClassVar[str] = "exponential"
    formula: ClassVar[str] = "final_fraction^progress"
    final_fraction: _Decay = 0.01


class Linear(Schedule):
    """Decays linearly to `final_fraction` at the end.

    References:
        Goodfellow et al., Deep Learning, 2016, section 8.3.1.
    """

    kind: ClassVar[str] = "linear"
    formula: ClassVar[str] = "1 - (1 - final_fraction)·progress"
    final_fraction: _UnitInterval = 0.0


class Polynomial(Schedule):
    """Decays to `final_fraction`, as a power of the remaining fraction of training.

    With a power of 1, it is the same as `Linear`. With a larger power, the rate decays
    sooner.

    References:
        Chen et al., DeepLab: Semantic Image Segmentation, 2017, section 4.1.
    """

    kind: ClassVar[str] = "polynomial"
    formula: ClassVar[str] = (
        "final_fraction + (1 - final_fraction)·(1 - progress)^power"
    )
    power: Annotated[float | Space, Range(0, open_low=True, example=2)] = 2.0
    final_fraction: _UnitInterval = 0.0


class Cosine(Schedule):
    """Decays along half a cosine to `final_fraction` at the end.

    The rate stays high early in training and low late in training.

    References:
        Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts,
        2017.
    """

    kind: ClassVar[str] = "cosine"
    formula: ClassVar[str] = (
        "final_fraction + (1 - final_fraction)·(1 + cos(π·progress))/2"
    )
    final_fraction: _UnitInterval = 0.0


class FlatCosine(Schedule):
    """Stays constant until `flat_fraction` of training, then decays like `Cosine`.

    As a dropout schedule, it regularizes the network while the learning rate is high,
    and allows the network to fit the data closely at the end.

    References:
        Holzmüller, Grinsztajn and Steinwart, 2024, "Better by default: strong
        pre-tuned MLPs and boosted trees on tabular data".
    """

    kind: ClassVar[str] = "flat_cosine"
    formula: ClassVar[str] = (
        "final_fraction + (1 - final_fraction)·(1 + cos(π·p))/2, "
        "p = max(0, progress - flat_fraction) / (1 - flat_fraction)"
    )
    flat_fraction: Fraction = 0.5
    final_fraction: _UnitInterval = 0.0


class Warmup(Schedule):
    """Rises during the first `warmup_fraction` of training, then stays constant.

    Use it for adaptive optimizers, whose running means are inaccurate at first, and for
    large batches.

    References:
        Goyal et al., Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour,
        2017, section 2.2.
    """

    kind: ClassVar[str] = "warmup"
    formula: ClassVar[str] = (
        "min(1, (iteration + 1) / (warmup_fraction·total_iterations + 1))"
    )
    warmup_fraction: Fraction = 0.1


class WarmupCosine(Schedule):
    """Rises during the first `warmup_fraction` of training, then decays like `Cosine`.

    References:
        Goyal et al., Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour,
        2017 (the rise).
        Loshchilov and Hutter, SGDR: Stochastic Gradient Descent with Warm Restarts,
        2017 (the decay).
    """

    kind: ClassVar[str] = "warmup_cosine"
    formula: ClassVar[str] = (
        "warmup·(final_fraction + (1 - final_fraction)·(1 + cos(π·p))/2), "
        "p = max(0, progress - warmup_fraction) / (1 - warmup_fraction)"
    )
    warmup_fraction: Fraction = 0.1
    final_fraction: _UnitInterval = 0.0


class OneCycle(Schedule):
    """Rises to the full rate at `peak_fraction` of training, then decays to nearly 0.

    It allows learning rates that would be too large at the start. Use a range test to
    find the rate.

    References:
        Smith and Topin, Super-Convergence: Very Fast Training of Neural Networks
        Using Large Learning Rates, 2018.
    """

    kind: ClassVar[str] = "one_cycle"
    formula: ClassVar[str] = (
        "a + (b - a)·(1 - cos(π·p))/2, from a = initial_fraction to b = 1 until "
        "peak_fraction, then from a = 1 to b = final_fraction"
    )
    peak_fraction: OpenFraction = 0.3
    initial_fraction: _Decay = 0.04
    final_fraction: _UnitInterval = 4e-6


class OnPlateau(Schedule):
    """Multiplies the rate by `decay` when the val cost stops improving.

    Use it if you do not know in advance when the rate should drop.

    References:
        Goodfellow et al., Deep Learning, 2016, section 8.3.1.
    """

    kind: ClassVar[str] = "on_plateau"
    formula: ClassVar[str] = (
        "factor·decay after more than patience_epochs epochs without improvement"
    )
    patience_epochs: Annotated[float | Space, Range(1, whole=True, example=5)] = 5
    decay: _Decay = 0.1
