"""Augmentations: how the batches of training are varied, anew at each iteration."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._base import Family, Range
from assay.spec._fields import Fraction, NonNegative, Positive
from assay.spec._space import Space

__all__ = [
    "AnyAugmentation",
    "Augmentation",
    "Brightness",
    "Contrast",
    "Cutout",
    "HorizontalFlip",
    "Jitter",
    "Masking",
    "Mixup",
    "Rotate",
    "Scaling",
    "Shift",
    "TimeCrop",
    "TimeShift",
    "VerticalFlip",
]

_UnitInterval = Annotated[float | Space, Range(0, 1, example=0.5)]
_Share = Annotated[float | Space, Range(0, 1, open_low=True, example=0.8)]
_Degrees = Annotated[float | Space, Range(0, 180, example=10)]


class Augmentation(Family):
    """A random change of the training examples that leaves what they are."""


AnyAugmentation = Annotated[
    SerializeAsAny[Augmentation], BeforeValidator(Augmentation.read)
]


class HorizontalFlip(Augmentation):
    """Mirrors images left and right, each with the given probability."""

    kind: ClassVar[str] = "horizontal_flip"
    probability: _UnitInterval = 0.5


class VerticalFlip(Augmentation):
    """Mirrors images top and bottom, each with the given probability."""

    kind: ClassVar[str] = "vertical_flip"
    probability: _UnitInterval = 0.5


class Shift(Augmentation):
    """Moves images by whole pixels (a random crop of the padded image)."""

    kind: ClassVar[str] = "shift"
    max_fraction: _UnitInterval = 0.1
    probability: _UnitInterval = 1.0


class Rotate(Augmentation):
    """Turns images about their center by a small angle."""

    kind: ClassVar[str] = "rotate"
    max_degrees: _Degrees = 10.0
    probability: _UnitInterval = 1.0


class Brightness(Augmentation):
    """Adds one random number to a whole image."""

    kind: ClassVar[str] = "brightness"
    strength: NonNegative = 0.1
    probability: _UnitInterval = 1.0


class Contrast(Augmentation):
    """Stretches the values of an image about their mean by a random factor."""

    kind: ClassVar[str] = "contrast"
    strength: _UnitInterval = 0.2
    probability: _UnitInterval = 1.0


class Cutout(Augmentation):
    """Covers a rectangle of each image by its mean."""

    kind: ClassVar[str] = "cutout"
    size_fraction: _UnitInterval = 0.25
    probability: _UnitInterval = 1.0


class Jitter(Augmentation):
    """Adds noise of standard deviation `strength` to every number."""

    kind: ClassVar[str] = "jitter"
    strength: NonNegative = 0.05
    probability: _UnitInterval = 1.0


class Masking(Augmentation):
    """Sets a share `rate` of the numbers to 0, the mean of what is standardized."""

    kind: ClassVar[str] = "masking"
    rate: Fraction = 0.1
    probability: _UnitInterval = 1.0


class Scaling(Augmentation):
    """Multiplies each channel of an example by a random factor about 1."""

    kind: ClassVar[str] = "scaling"
    strength: NonNegative = 0.1
    probability: _UnitInterval = 1.0


class TimeShift(Augmentation):
    """Moves sequences to earlier or later by whole steps."""

    kind: ClassVar[str] = "time_shift"
    max_fraction: _UnitInterval = 0.1
    probability: _UnitInterval = 1.0


class TimeCrop(Augmentation):
    """Stretches a random window of a sequence to its whole length."""

    kind: ClassVar[str] = "time_crop"
    min_fraction: _Share = 0.8
    probability: _UnitInterval = 1.0


class Mixup(Augmentation):
    """Mixes each example with another one of its batch, and their targets alike."""

    kind: ClassVar[str] = "mixup"
    alpha: Positive = 0.2
    probability: _UnitInterval = 1.0
