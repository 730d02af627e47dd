"""Unit: regularization trades training error for a smaller gap."""

from assay.lab.units._registry import Lesson, lesson

__all__ = ["LESSON"]

LESSON = lesson(
    Lesson(
        unit="regularization",
        title="Regularization trades training error for a smaller gap",
        paragraphs=(),
        snippet="import assay\n",
    )
)
