"""The definition of an optimizer and the registry of all optimizers."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import optax

from assay.spec import Member, Registry

__all__ = ["REGISTRY", "Direction", "Optimizer", "get", "implements"]

# (**hyperparameters) -> transformation from gradients to directions
Direction = Callable[..., optax.GradientTransformation]


@dataclass(frozen=True, eq=False)
class Optimizer(Member):
    """A rule that turns a gradient into the direction of an update.

    The update itself is `parameters - learning_rate * d`. `direction` is called in a
    compiled function with traced hyperparameters, so new values require no
    recompilation.

    Args:
        declaration: spec class, such as `spec.Adam`.
        direction: function that takes hyperparameters and returns the transformation
            from g to d. Its `update` takes (gradients, state, parameters).
        elementwise: whether each parameter is updated independently of the rest of its
            array. If so, training may pack many arrays into one.

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

    direction: Direction
    elementwise: bool = True

    @property
    def hyperparameters(self) -> dict[str, float]:
        """Names and default values of the hyperparameters except the learning rate."""
        values = super().hyperparameters
        return {name: values[name] for name in values if name != "learning_rate"}

    def update(
        self,
        gradients: Any,
        state: Any,
        parameters: Any,
        *,
        learning_rate: Any,
        **hyperparameters: Any,
    ) -> tuple[Any, Any]:
        """Return the updated parameters and the new state.

        Example:
            >>> import jax.numpy as jnp
            >>> from assay.optim import get
            >>> new, _ = get("sgd").update(
            ...     jnp.array([2.0]), (), jnp.array([1.0]), learning_rate=0.25
            ... )
            >>> new.tolist()
            [0.5]
        """
        rule = self.direction(**hyperparameters)
        d, state = rule.update(gradients, state, parameters)
        new = jax.tree.map(lambda p, d: p - learning_rate * d, parameters, d)
        return new, state


REGISTRY: Registry[Optimizer] = Registry("optimizer")
implements = REGISTRY.implementer(Optimizer)
get = REGISTRY.find
