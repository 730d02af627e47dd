"""Races optimizers on test surfaces and records their paths."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import numpy as np

from assay import optim, spec
from assay.tuning.race._contestants import Racer, racers
from assay.tuning.race._surfaces import Surface, get_surface

__all__ = ["Trajectory", "race_surface"]

Carry = tuple[jax.Array, object]  # the point and the optimizer's state
Visited = tuple[jax.Array, jax.Array, jax.Array]  # point, value, gradient norm

_jax: Any = jax  # parts of JAX are untyped

_OPTIMIZERS = ("sgd", "momentum", "nesterov", "rmsprop", "adam")
_RATES = 10.0 ** np.arange(-5, 1.01, 0.25)


@dataclass(frozen=True, eq=False)
class Trajectory:
    """The path of an optimizer over a surface.

    Args:
        racer: name of the racer.
        learning_rate: learning rate that led to the lowest final value.
        points: (num_iterations + 1, 2), visited points, including the start.
        values: (num_iterations + 1,), value of the surface at each point.
        gradient_norms: (num_iterations + 1,), gradient norm at each point.
    """

    racer: str
    learning_rate: float
    points: np.ndarray
    values: np.ndarray
    gradient_norms: np.ndarray

    def to_json(self) -> dict[str, Any]:
        """Return the trajectory as plain data."""
        arrays = {n: v.tolist() for n, v in vars(self).items() if hasattr(v, "tolist")}
        return {"racer": self.racer, "learning_rate": self.learning_rate} | arrays


def race_surface(
    surface: str,
    optimizers: Sequence[str | spec.Optimizer] = (
        "sgd",
        "momentum",
        "nesterov",
        "rmsprop",
        "adam",
    ),
    *,
    num_iterations: int = 200,
    rates: Sequence[float] | None = None,
) -> list[Trajectory]:
    """Race optimizers on a test surface from the same starting point.

    For each optimizer, 25 learning rates from 1e-5 to 10 are tried, four per decade,
    and the one that leads to the lowest final value is used. A race on a surface is
    deterministic, so it needs neither batches nor seeds.

    Args:
        surface: "bowl" (ill-conditioned), "rosenbrock", "beale" or "saddle".
        optimizers: kinds, or optimizers with custom values.
        num_iterations: >= 1, number of updates per optimizer.
        rates: learning rates to try; by default, the 25 rates described above.

    Returns:
        One trajectory per optimizer, sorted by final value in ascending order.

    Raises:
        InputError: the surface or an optimizer is unknown.

    Example:
        >>> first = race_surface("bowl", ["sgd", "momentum"], num_iterations=50)[0]
        >>> first.racer, first.points.shape
        ('momentum', (51, 2))
    """
    member = get_surface(surface)
    tried = np.asarray(_RATES if rates is None else rates, np.float32)
    contestants = racers(optimizers, batch_size="all")
    paths = [_best_path(one, member, tried, num_iterations) for one in contestants]
    return sorted(paths, key=lambda path: path.values[-1])


def _best_path(
    racer: Racer, surface: Surface, rates: np.ndarray, num_iterations: int
) -> Trajectory:
    walk = partial(_walk, racer.optimizer, surface, num_iterations=num_iterations)
    points, values, norms = _jax.device_get(_jax.jit(_jax.vmap(walk))(rates))
    sound = np.isfinite(values).all(1)
    best = int(np.argmin(np.where(sound, values[:, -1], np.inf)))
    rate = float(rates[best])
    return Trajectory(racer.name, rate, points[best], values[best], norms[best])


def _walk(
    optimizer: spec.Optimizer, surface: Surface, rate: jax.Array, *, num_iterations: int
) -> Visited:
    """Return the points, values and gradient norms along a path."""
    values = {k: v for k, v in optimizer.traced().items() if k != "learning_rate"}
    rule: Any = optim.get(optimizer.kind).direction(**values)
    value_and_gradient = _jax.value_and_grad(surface.function)

    def step(carry: Carry, _: None) -> tuple[Carry, Visited]:
        point, memory = carry
        value, gradient = value_and_gradient(point)
        direction, memory = rule.update(gradient, memory, point)
        visited: Visited = (point, value, _jax.numpy.linalg.norm(gradient))
        return (point - rate * direction, memory), visited

    start: jax.Array = _jax.numpy.array(surface.start, _jax.numpy.float32)
    carry = start, rule.init(start)
    return _jax.lax.scan(step, carry, length=num_iterations + 1)[1]
