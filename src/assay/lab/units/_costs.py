"""Unit 2, costs: the loss of an example, the cost of a data set and the objective."""

from assay.lab.units._registry import Lesson, lesson
from assay.lab.units.costing import _constant, _losses, _objective

__all__ = ["LESSON"]

# Importing these modules registers their request handlers.
_QUESTIONS = (_constant, _losses, _objective)

LESSON = lesson(
    Lesson(
        unit="costs",
        title="The cost of a data set is the mean loss of its examples",
        paragraphs=(
            "A loss compares the output for one example with its target. The cost is "
            "the mean of the losses over the data set. The objective is what "
            "training actually minimizes: the cost plus penalties on the weights. "
            "A likelihood is maximized instead.",
            "Training propagates the slope of the loss back through the network. For "
            "the squared error, the slope is proportional to the error; for the "
            "absolute error, its size is constant. The Huber loss is quadratic up to "
            "delta and linear beyond.",
            "Cross-entropy is the negative log probability of the correct class. Its "
            "gradient is the predicted probability minus the target. The slope of the "
            "hinge loss is 0 if the margin is at least 1.",
        ),
    )
)
