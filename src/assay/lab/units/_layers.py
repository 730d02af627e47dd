"""Unit: a layer turns one array into another."""

from assay.lab.units._registry import Lesson, lesson

__all__ = ["LESSON"]

LESSON = lesson(
    Lesson(
        unit="layers",
        title="A layer turns one array into another",
        paragraphs=(),
        snippet="import assay\n",
    )
)
