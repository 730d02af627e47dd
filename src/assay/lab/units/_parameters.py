"""Unit: parameters are learned, and hyperparameters are set."""

from assay.lab.units._registry import Lesson, lesson

__all__ = ["LESSON"]

LESSON = lesson(
    Lesson(
        unit="parameters",
        title="Parameters are learned, and hyperparameters are set",
        paragraphs=(),
        snippet="import assay\n",
    )
)
