"""Unit 1, activations: curves, derivatives and the inputs of real layers."""

from assay.lab.units._registry import Lesson, lesson
from assay.lab.units.activating import _curves, _layers

__all__ = ["LESSON"]

# Importing these modules registers their request handlers.
_QUESTIONS = (_curves, _layers)

LESSON = lesson(
    Lesson(
        unit="activations",
        title="An activation determines how much of the gradient passes through a unit",
        paragraphs=(
            "A unit computes x, the weighted sum of its inputs, and outputs f(x). "
            "During training, the gradient passes back through the same unit and is "
            "multiplied by f′(x). Where the curve is flat, f′(x) is close to 0, and "
            "little of the gradient gets through: the unit is saturated.",
            "The bars show which values of x occur in a hidden layer, over "
            "all rows and units. Move the epoch slider to see how they change.",
            "Sigmoid and tanh flatten on both sides, so gradients vanish in deep "
            "networks. ReLU is flat only below 0, but a unit whose x is below 0 for "
            "every row is dead. Leaky ReLU has a small slope below 0; parametric ReLU "
            "learns this slope.",
        ),
    )
)
