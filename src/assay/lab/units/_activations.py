"""Unit: an activation decides which changes reach the layers below."""

from assay.lab.units._registry import Lesson, lesson

__all__ = ["LESSON"]

LESSON = lesson(
    Lesson(
        unit="activations",
        title="An activation decides which changes reach the layers below",
        paragraphs=(),
        snippet="import assay\n",
    )
)
