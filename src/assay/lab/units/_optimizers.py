"""Unit 7, optimizers: races on surfaces, on real data and on a network's cost."""

from assay.lab.units._registry import Lesson, lesson
from assay.lab.units.optimizing import _line, _racers, _slice, _surface

__all__ = ["LESSON"]

# Importing these modules registers their request handlers.
_QUESTIONS = (_line, _racers, _slice, _surface)

LESSON = lesson(
    Lesson(
        unit="optimizers",
        title="Optimizers differ in how they use past gradients",
        paragraphs=(
            "All optimizers start at the same point and step downhill. Gradient "
            "descent follows the current gradient. Momentum accumulates past "
            "gradients, which speeds up progress along valleys. Adagrad and RMSProp "
            "divide by the size of past gradients, so flat directions get longer "
            "steps. Adam does both and corrects the initial bias of its averages.",
            "For each update, batch gradient descent uses all rows, stochastic "
            "gradient descent uses one row, and mini-batch gradient descent uses a "
            "few. With fewer rows, updates are cheaper but noisier.",
            "A slice shows only two directions out of thousands. It cannot show walls "
            "and valleys in the other directions.",
        ),
    )
)
