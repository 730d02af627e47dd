"""Unit 2, costs: the loss of an example, the cost of a data set and the objective."""

from assay.lab.units._registry import Lesson, lesson
from assay.lab.units.costing import _constant, _losses, _objective

__all__ = ["LESSON"]

# Importing these modules registers their request handlers.
_QUESTIONS = (_constant, _losses, _objective)

_SNIPPET = """\
import assay
import jax.numpy as jnp

outputs, targets = jnp.array([[1.5], [-0.5], [6.0]]), jnp.array([0.0, 0.0, 1.0])
for name in ("squared_error", "absolute_error", "huber"):
    loss = assay.costs.get(name)
    losses = loss.loss(outputs, targets, **loss.hyperparameters)
    cost = assay.costs.cost(loss, outputs, targets, **loss.hyperparameters)
    print(f"{name:15} losses {losses}, cost {cost:.4f}")

parameters = {"output": {"kernel": jnp.array([[1.0], [-2.0]])}}
penalty = assay.regularize.penalty(parameters, {"l2": {"strength": 0.1}})
print(f"objective {cost + penalty:.4f} = cost {cost:.4f} + penalty {penalty:.4f}")
"""

LESSON = lesson(
    Lesson(
        unit="costs",
        title="A loss measures one example, a cost the whole data set",
        paragraphs=(
            "A loss compares the output for one example with its target. The cost is "
            "the mean of the losses over the data set. The objective is what "
            "training actually minimizes: the cost plus penalties on the weights. "
            "Likelihoods are maximized instead.",
            "Training sends the slope of the loss back through the network. For the "
            "squared error, the slope is proportional to the error; for the absolute "
            "error, its size is constant. The Huber loss behaves like the former up "
            "to delta and like the latter beyond.",
            "Cross-entropy is the negative log probability of the correct class. Its "
            "gradient is the predicted probability minus the target. The slope of the "
            "hinge loss is 0 once the margin is 1.",
        ),
        snippet=_SNIPPET,
    )
)
