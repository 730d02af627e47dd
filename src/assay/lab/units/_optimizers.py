"""Unit 7, optimizers: races on surfaces, on real data and on the cost of a network."""

from assay.lab.units._registry import Lesson, lesson
from assay.lab.units.optimizing import _line, _racers, _slice, _surface

__all__ = ["LESSON"]

# Importing these modules registers their request handlers.
_QUESTIONS = (_line, _racers, _slice, _surface)

LESSON = lesson(
    Lesson(
        unit="optimizers",
        title="Optimizers differ in what they remember of past gradients",
        paragraphs=(
            "All optimizers start at the same point and step downhill. Gradient "
            "descent follows the current gradient. Momentum adds up past gradients, "
            "which carries it along valleys. Adagrad and RMSProp divide by the size of "
            "past gradients, so flat directions get longer steps. Adam does both and "
            "corrects for starting at 0.",
            "For each update, batch gradient descent uses all rows, stochastic "
            "gradient descent uses one row, and mini-batch gradient descent uses a "
            "few. Fewer rows give cheaper but noisier steps.",
            "A slice shows two directions out of thousands. It cannot show walls and "
            "valleys in the other directions.",
        ),
    )
)
