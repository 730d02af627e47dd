"""What every schedule of the family declares."""

from collections.abc import Callable
from dataclasses import dataclass

import jax
import jax.numpy as jnp

__all__ = ["Factor", "Number", "Schedule", "progress_of"]

Number = float | jax.Array
# (iteration, total_iterations, **hyperparameters) -> factor
Factor = Callable[..., jax.Array]


@dataclass(frozen=True, eq=False)
class Schedule:
    """One member: a factor on the base learning rate at each iteration.

    Lengths are fractions of the training, so a schedule knows no absolute numbers,
    and every argument may be traced.

    Args:
        name: the key in the registry.
        formula: the factor in the names of the arguments; progress is
            iteration / total_iterations.
        hyperparameters: names and defaults.
        factor: (iteration, total_iterations) to the factor. Iterations count from
            0; an array of them gives an array of factors.
        stateful: whether the factor also follows what was measured, as
            `on_plateau` does; then `factor` is 1 and the state holds the factor.

    Example:
        >>> from assay.optim.schedules import get
        >>> float(get("linear").factor(25, 100, final_fraction=0.0))
        0.75
    """

    name: str
    formula: str
    hyperparameters: dict[str, float]
    factor: Factor
    stateful: bool = False


def progress_of(iteration: Number, total_iterations: Number) -> jax.Array:
    """Return how much of the training is over, from 0 to 1."""
    return jnp.clip(jnp.true_divide(iteration, total_iterations), 0, 1)
