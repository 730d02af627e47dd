"""Unit: optimizers differ in what they remember of past gradients."""

from assay.lab.units._registry import Lesson, lesson

__all__ = ["LESSON"]

LESSON = lesson(
    Lesson(
        unit="optimizers",
        title="Optimizers differ in what they remember of past gradients",
        paragraphs=(),
        snippet="import assay\n",
    )
)
