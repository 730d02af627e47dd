"""Unit: a convolution slides one small kernel over the whole image."""

from assay.lab.units._registry import Lesson, lesson

__all__ = ["LESSON"]

LESSON = lesson(
    Lesson(
        unit="convolution",
        title="A convolution slides one small kernel over the whole image",
        paragraphs=(),
        snippet="import assay\n",
    )
)
