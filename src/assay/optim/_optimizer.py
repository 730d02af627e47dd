"""What every optimizer of the family declares."""

from collections.abc import Callable
from dataclasses import dataclass

import optax

__all__ = ["Direction", "Optimizer"]

# (**hyperparameters) -> init and update of the un-scaled update direction
Direction = Callable[..., optax.GradientTransformation]


@dataclass(frozen=True, eq=False)
class Optimizer:
    """One member: how a gradient becomes the direction of an update.

    The update itself is `parameters - learning_rate * d`. `direction` is called
    inside a compiled function with traced hyperparameters, so that another value
    does not compile again.

    Args:
        name: the key in the registry.
        formula: the direction d in the names of the arguments; g is the gradient.
        hyperparameters: names and defaults, without the learning rate.
        direction: hyperparameters to the transformation from g to d. Its `update`
            takes (gradients, state, parameters).
        elementwise: whether each number is treated alike, whatever array it is in;
            then a training may keep many arrays as one.

    Example:
        >>> import jax.numpy as jnp
        >>> from assay.optim import get
        >>> momentum = get("momentum").direction(momentum=0.5)
        >>> parameters = gradients = jnp.array([2.0])
        >>> state = momentum.init(parameters)
        >>> d, state = momentum.update(gradients, state, parameters)
        >>> d, state = momentum.update(gradients, state, parameters)
        >>> d.tolist()
        [3.0]
    """

    name: str
    formula: str
    hyperparameters: dict[str, float]
    direction: Direction
    elementwise: bool = True
