"""Unit 5, data sets, splits and batches."""

from assay.lab.units._registry import Lesson, lesson
from assay.lab.units.batching import _passes, _split

__all__ = ["LESSON"]

# Importing these modules registers their request handlers.
_QUESTIONS = (_passes, _split)

LESSON = lesson(
    Lesson(
        unit="batches",
        title="Each iteration uses one batch, and each epoch uses every example once",
        paragraphs=(
            "The examples are split once: 70% are used for training, 15% for "
            "choosing hyperparameters, and 15% stay sealed until the end.",
            "A batch consists of a few training examples. One iteration computes their "
            "mean gradient and updates the parameters once. When every example has "
            "been used once, the epoch ends, and the examples are shuffled again. The "
            "last batch of an epoch may be smaller.",
            "The gradient of a batch points roughly, but not exactly, in the direction "
            "of the gradient over all training examples. The larger the batch, the "
            "smaller the difference, but the longer each iteration takes.",
        ),
    )
)
