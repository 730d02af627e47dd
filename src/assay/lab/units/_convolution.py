"""Unit 6, convolution and pooling."""

from assay.lab.units._registry import Lesson, lesson
from assay.lab.units.convolving import _feature_maps, _grids

__all__ = ["LESSON"]

# Importing these modules registers their request handlers.
_QUESTIONS = (_grids, _feature_maps)

LESSON = lesson(
    Lesson(
        unit="convolution",
        title="A convolution slides one small kernel over the whole image",
        paragraphs=(
            "At each position, the kernel covers a window of the input. Overlapping "
            "numbers are multiplied, and the products and the bias are added up. Then "
            "the kernel moves by the stride.",
            "Step through the products or the outputs, or show the whole map. You can "
            "type your own numbers into both grids.",
            "The same few weights are used at every position, so the layer has few "
            "parameters, and its feature map moves with the input. Pooling keeps the "
            "largest value or the mean of each window.",
        ),
    )
)
