"""Unit: a cost is the mean loss over the data."""

from assay.lab.units._registry import Lesson, lesson

__all__ = ["LESSON"]

LESSON = lesson(
    Lesson(
        unit="costs",
        title="A cost is the mean loss over the data",
        paragraphs=(),
        snippet="import assay\n",
    )
)
