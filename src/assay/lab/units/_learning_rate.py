"""Unit 3, learning rate: fits at several rates, the range test and the schedules."""

from assay.lab.units._registry import Lesson, lesson
from assay.lab.units.learning_rates import _compare, _schedules, _search

__all__ = ["LESSON"]

# Importing these modules registers their request handlers.
_QUESTIONS = (_compare, _schedules, _search)

LESSON = lesson(
    Lesson(
        unit="learning_rate",
        title="The learning rate scales each step toward the minimum",
        paragraphs=(
            "Each update subtracts the learning rate times the gradient. The three "
            "fits have the same initial weights and batches; only their learning rates "
            "differ. If the rate is too small, training is slow. If it is too large, "
            "the updates overshoot the minimum, and the cost explodes.",
            "A range test increases the rate at every update and proposes a rate at "
            "which the cost falls. A schedule changes the rate during training: larger "
            "steps early, smaller ones near the end.",
            "After an explosion, the page shows which update and layer caused it. You "
            "can then continue from the last good state at a lower rate.",
        ),
    )
)
