"""Specs of augmentations."""

from typing import Annotated, ClassVar

from pydantic import BeforeValidator, SerializeAsAny

from assay.spec._family import Family
from assay.spec._fields import Fraction, NonNegative, Positive
from assay.spec._range import Range
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
    """A random change to the training examples that preserves their meaning.

    A new change is drawn at each iteration. In the formulas, x is the example before
    the change and y is the example after it.
    """


AnyAugmentation = Annotated[
    SerializeAsAny[Augmentation], BeforeValidator(Augmentation.read)
]


class HorizontalFlip(Augmentation):
    """Mirrors images horizontally.

    Use it for photographs, but not if left and right differ in meaning, as in text.

    References:
        Krizhevsky et al., 2012, "ImageNet classification with deep convolutional
        neural networks", section 4.1.
    """

    kind: ClassVar[str] = "horizontal_flip"
    formula: ClassVar[str] = "y[row, column] = x[row, width - 1 - column]"
    probability: _UnitInterval = 0.5


class VerticalFlip(Augmentation):
    """Mirrors images vertically.

    Use it for images without a natural orientation, such as micrographs, satellite
    images and textures.

    References:
        Shorten and Khoshgoftaar, 2019, "A survey on image data augmentation for deep
        learning".
    """

    kind: ClassVar[str] = "vertical_flip"
    formula: ClassVar[str] = "y[row, column] = x[height - 1 - row, column]"
    probability: _UnitInterval = 0.5


class Shift(Augmentation):
    """Shifts images by whole pixels, vertically and horizontally.

    Use it if objects are not always centered. The shift is equivalent to padding the
    image and cropping it at random. Uncovered pixels repeat the border.

    References:
        He et al., 2016, "Deep residual learning for image recognition", section 4.2.
    """

    kind: ClassVar[str] = "shift"
    formula: ClassVar[str] = (
        "y[row, column] = x[row - r, column - c], |r| <= max_fraction·height, "
        "|c| <= max_fraction·width"
    )
    max_fraction: _UnitInterval = 0.1
    probability: _UnitInterval = 1.0


class Rotate(Augmentation):
    """Rotates images about their center by a small angle.

    Use it if objects are not always upright. Values between pixels are interpolated,
    and uncovered pixels repeat the border.

    References:
        Simard et al., 2003, "Best practices for convolutional neural networks applied
        to visual document analysis".
    """

    kind: ClassVar[str] = "rotate"
    formula: ClassVar[str] = (
        "y(p) = x(center + R·(p - center)), R rotates by up to max_degrees"
    )
    max_degrees: _Degrees = 10.0
    probability: _UnitInterval = 1.0


class Brightness(Augmentation):
    """Adds the same random number to all values of an image.

    Use it if the lighting varies between images. `strength` is in units of the prepared
    inputs.

    References:
        Howard, 2013, "Some improvements on deep convolutional neural network based
        image classification".
    """

    kind: ClassVar[str] = "brightness"
    formula: ClassVar[str] = "y = x + b, b uniform on [-strength, strength)"
    strength: NonNegative = 0.1
    probability: _UnitInterval = 1.0


class Contrast(Augmentation):
    """Stretches the values of an image about their mean by a random factor.

    Use it if the exposure varies between images.

    References:
        Howard, 2013, "Some improvements on deep convolutional neural network based
        image classification".
    """

    kind: ClassVar[str] = "contrast"
    formula: ClassVar[str] = (
        "y = mean + c·(x - mean), c uniform on [1 - strength, 1 + strength)"
    )
    strength: _UnitInterval = 0.2
    probability: _UnitInterval = 1.0


class Cutout(Augmentation):
    """Fills a rectangle in each image with the mean of each of its channels.

    Cutout keeps the model from relying on a single detail. The center may be anywhere
    in the image, so the rectangle may extend beyond the border.

    References:
        DeVries and Taylor, 2017, "Improved regularization of convolutional neural
        networks with cutout".
    """

    kind: ClassVar[str] = "cutout"
    formula: ClassVar[str] = (
        "y = mean in a rectangle of size_fraction of each side, else x"
    )
    size_fraction: _UnitInterval = 0.25
    probability: _UnitInterval = 1.0


class Jitter(Augmentation):
    """Adds noise with standard deviation `strength` to every number.

    Use it for noisy measurements. In a linear model with squared error, the noise is
    equivalent in expectation to L2 regularization.

    References:
        Bishop, 1995, "Training with noise is equivalent to Tikhonov regularization".
    """

    kind: ClassVar[str] = "jitter"
    formula: ClassVar[str] = "y = x + strength·e, e with mean 0 and variance 1"
    strength: NonNegative = 0.05
    probability: _UnitInterval = 1.0


class Masking(Augmentation):
    """Sets a random fraction of the numbers to 0, the mean of standardized features.

    Masking keeps the model from relying on any single number. Unlike dropout, it does
    not scale the other numbers, because in practice, a missing value does not change
    the others.

    References:
        Vincent et al., 2008, "Extracting and composing robust features with denoising
        autoencoders".
    """

    kind: ClassVar[str] = "masking"
    formula: ClassVar[str] = "y = x·m, m in {0, 1}, P(m = 0) = rate"
    rate: Fraction = 0.1
    probability: _UnitInterval = 1.0


class Scaling(Augmentation):
    """Multiplies each channel of an example by a random factor near 1.

    Use it for sensors with varying gain and for quantities whose scale changes over
    time. `strength` is the standard deviation of the factor.

    References:
        Um et al., 2017, "Data augmentation of wearable sensor data for Parkinson's
        disease monitoring using convolutional neural networks".
    """

    kind: ClassVar[str] = "scaling"
    formula: ClassVar[str] = (
        "y = x·(1 + strength·e), e with mean 0 and variance 1 for each channel"
    )
    strength: NonNegative = 0.1
    probability: _UnitInterval = 1.0


class TimeShift(Augmentation):
    """Shifts sequences by whole steps, forward or backward in time.

    Use it for recordings with an arbitrary start. The first or last value fills the
    gap, so the length does not change.

    References:
        Iwana and Uchida, 2021, "An empirical survey of data augmentation for time
        series classification with neural networks".
    """

    kind: ClassVar[str] = "time_shift"
    formula: ClassVar[str] = "y[t] = x[t - s], |s| <= max_fraction·length"
    max_fraction: _UnitInterval = 0.1
    probability: _UnitInterval = 1.0


class TimeCrop(Augmentation):
    """Stretches a random window of a sequence to the full length.

    Use it for events that vary in speed and can be recognized from part of the
    sequence. Values between steps are interpolated.

    References:
        Le Guennec et al., 2016, "Data augmentation for time series classification
        using convolutional neural networks" (window slicing).
    """

    kind: ClassVar[str] = "time_crop"
    formula: ClassVar[str] = "y[t] = x(a + f·t), f uniform on [min_fraction, 1)"
    min_fraction: _Share = 0.8
    probability: _UnitInterval = 1.0


class Mixup(Augmentation):
    """Mixes each example and its target with another example and its target.

    Mixup makes the outputs change gradually between classes. A larger `alpha` mixes
    examples more evenly. If `alpha` is 1, the mixing weight s is uniform.

    References:
        Zhang et al., 2018, "mixup: beyond empirical risk minimization".
        Devroye, 1996, "Random variate generation in one line of code" (s).
    """

    kind: ClassVar[str] = "mixup"
    formula: ClassVar[str] = (
        "y = s·x + (1 - s)·x', target = s·t + (1 - s)·t', s ~ Beta(alpha, alpha)"
    )
    alpha: Positive = 0.2
    probability: _UnitInterval = 1.0
