"""Unit: the learning rate decides how far each step goes."""

from assay.lab.units._registry import Lesson, lesson

__all__ = ["LESSON"]

LESSON = lesson(
    Lesson(
        unit="learning_rate",
        title="The learning rate decides how far each step goes",
        paragraphs=(),
        snippet="import assay\n",
    )
)
