"""What every optimizer of the family declares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import optax

__all__ = ["Direction", "Optimizer"]

# (**hyperparameters) -> init and update of the un-scaled update direction
Direction = Callable[..., optax.GradientTransformation]
Fused = Callable[..., tuple[Any, Any] | None]


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
        fused: (gradients, state, parameters, *, learning_rate, **hyperparameters) to
            what `update` gives, in one pass; None where it cannot take them.

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
    fused: Fused | None = None

    def update(
        self,
        gradients: Any,
        state: Any,
        parameters: Any,
        *,
        learning_rate: Any,
        **hyperparameters: Any,
    ) -> tuple[Any, Any]:
        """Return (parameters - learning_rate * d, the new state).

        Example:
            >>> import jax.numpy as jnp
            >>> from assay.optim import get
            >>> new, _ = get("sgd").update(
            ...     jnp.array([2.0]), (), jnp.array([1.0]), learning_rate=0.25
            ... )
            >>> new.tolist()
            [0.5]
        """
        if self.fused is not None:
            hyper = {"learning_rate": learning_rate, **hyperparameters}
            update = self.fused(gradients, state, parameters, **hyper)
            if update is not None:
                return update
        rule = self.direction(**hyperparameters)
        d, state = rule.update(gradients, state, parameters)
        new = jax.tree.map(lambda p, d: p - learning_rate * d, parameters, d)
        return new, state
