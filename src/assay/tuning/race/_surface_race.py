"""Optimizers raced on a test surface, with the way that each one takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from assay import optim, spec
from assay.tuning.race._contestants import Racer, racers
from assay.tuning.race._surfaces import Surface, get_surface

__all__ = ["Trajectory", "race_surface"]

_RATES = 10.0 ** np.arange(-5, 1.01, 0.25)


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The way of one optimizer over a surface.

    Args:
        racer: its name.
        learning_rate: at which it ended lowest, of those tried.
        points: (num_iterations + 1, 2), from the start on.
        values: (num_iterations + 1,), of the surface there.
        gradient_norms: (num_iterations + 1,), there.
    """

    racer: str
    learning_rate: float
    points: np.ndarray
    values: np.ndarray
    gradient_norms: np.ndarray

    def to_json(self) -> dict[str, Any]:
        """Return plain data."""
        arrays = {n: v.tolist() for n, v in vars(self).items() if hasattr(v, "tolist")}
        return {"racer": self.racer, "learning_rate": self.learning_rate} | arrays


def race_surface(
    surface: str,
    optimizers: Sequence[Any] = ("sgd", "momentum", "nesterov", "rmsprop", "adam"),
    *,
    num_iterations: int = 200,
    rates: Sequence[float] | None = None,
) -> list[Trajectory]:
    """Race optimizers on a test surface, all from its start, the lowest end first.

    Each runs at the learning rate that ends it lowest, of 25 from 1e-5 to 10, four in
    each decade. There is no noise, so there are no batches and no seeds.

    Args:
        surface: "bowl" (ill-conditioned), "rosenbrock", "beale" or "saddle".
        optimizers: kinds, or optimizers with values of their own.
        num_iterations: >= 1, updates of each.
        rates: learning rates to try in place of those.

    Returns:
        One trajectory for each optimizer.

    Raises:
        InputError: the surface or an optimizer is unknown.

    Example:
        >>> first = race_surface("bowl", ["sgd", "momentum"], num_iterations=50)[0]
        >>> first.racer, first.points.shape
        ('momentum', (51, 2))
    """
    known = get_surface(surface)
    tried = np.asarray(_RATES if rates is None else rates, np.float32)
    each = racers(optimizers, batch_size="all")
    ways = [_best_way(one, known, tried, num_iterations) for one in each]
    return sorted(ways, key=lambda way: way.values[-1])


def _best_way(
    racer: Racer, surface: Surface, rates: np.ndarray, num_iterations: int
) -> Trajectory:
    walk = partial(_walk, racer.optimizer, surface, num_iterations=num_iterations)
    points, values, norms = jax.device_get(jax.jit(jax.vmap(walk))(rates))
    sound = np.isfinite(values).all(1)
    best = int(np.argmin(np.where(sound, values[:, -1], np.inf)))
    rate = float(rates[best])
    return Trajectory(racer.name, rate, points[best], values[best], norms[best])


def _walk(
    optimizer: spec.Optimizer, surface: Surface, rate: Any, *, num_iterations: int
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return the points, values and gradient norms of one way."""
    hyper = {k: v for k, v in optimizer.traced().items() if k != "learning_rate"}
    rule = optim.get(optimizer.kind).direction(**hyper)
    look = jax.value_and_grad(surface.function)

    def step(carry: Any, _: Any) -> Any:
        point, memory = carry
        value, gradient = look(point)
        direction, memory = rule.update(gradient, memory, point)
        seen = point, value, jnp.linalg.norm(gradient)
        return (point - rate * direction, memory), seen

    start = jnp.array(surface.start, jnp.float32)
    carry = start, rule.init(start)
    return jax.lax.scan(step, carry, length=num_iterations + 1)[1]
