"""Unit 1, activations: curves, derivatives, and the values that reach real layers."""

from assay.lab.units._registry import Lesson, lesson
from assay.lab.units.activating import _curves, _layers

__all__ = ["LESSON"]

# Importing these modules registers their request handlers.
_QUESTIONS = (_curves, _layers)

LESSON = lesson(
    Lesson(
        unit="activations",
        title="An activation decides which changes reach the layers below",
        paragraphs=(
            "A unit computes x, the sum of its weighted inputs, and passes on f(x). "
            "Training sends the gradient back through the same unit, multiplied by "
            "f′(x). Where the curve is flat, f′(x) is close to 0 and little of the "
            "gradient gets through: the unit is saturated.",
            "The bars show which values of x actually occur in a hidden layer, over "
            "all rows and units. Move the epoch slider to see them drift.",
            "Sigmoid and tanh flatten on both sides, so gradients vanish in deep "
            "networks. ReLU is flat only below 0, but a unit whose x is below 0 for "
            "every row is dead. Leaky ReLU keeps a small slope there; parametric "
            "ReLU learns it.",
        ),
    )
)
