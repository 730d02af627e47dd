"""Unit: each iteration sees one batch, and each epoch sees every row."""

from assay.lab.units._registry import Lesson, lesson

__all__ = ["LESSON"]

LESSON = lesson(
    Lesson(
        unit="batches",
        title="Each iteration sees one batch, and each epoch sees every row",
        paragraphs=(),
        snippet="import assay\n",
    )
)
