"""Unit 8, regularization."""

from assay.lab.units._registry import Lesson, lesson
from assay.lab.units.regularizing import _augmentation, _dropout, _phases

__all__ = ["LESSON"]

# Importing these modules registers their request handlers.
_QUESTIONS = (_augmentation, _dropout, _phases)

LESSON = lesson(
    Lesson(
        unit="regularization",
        title="Regularization reduces the gap between training and validation cost",
        paragraphs=(
            "Training has two phases. At first, the cost falls on both train and val. "
            "Then it keeps falling on train but rises on val, because the network fits "
            "the noise in its 80 examples, some of which have intentionally wrong "
            "targets.",
            "L1 and L2 make large weights expensive. Dropout removes random units at "
            "each iteration. Early stopping keeps the parameters of the best epoch. "
            "Augmentation varies the examples.",
            "A good model has a low training cost and a small gap.",
        ),
    )
)
