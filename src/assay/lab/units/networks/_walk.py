"""Walks an optimizer over a surface in two variables."""

from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from assay import optim, spec
from assay.lab.units.networks._memory import named_memory
from assay.tuning import get_surface

__all__ = ["RATES", "Walk", "best_rate", "walk"]

RATES = 10.0 ** np.arange(-5, 1.01, 0.25)
"""The learning rates that a race on a surface tries."""

_jax: Any = jax  # parts of JAX are untyped


class Walk(NamedTuple):
    """The path of an optimizer, with one row per update and one for the last point.

    Args:
        points: (n + 1, 2), visited points.
        values: (n + 1,), value of the surface at each point.
        gradients: (n + 1, 2), gradient at each point.
        directions: (n + 1, 2), direction of each update.
        memory: state of the optimizer after each update, by symbol, each (n + 1, 2).
    """

    points: np.ndarray
    values: np.ndarray
    gradients: np.ndarray
    directions: np.ndarray
    memory: dict[str, np.ndarray]


def walk(
    optimizer: spec.Optimizer,
    surface: str,
    start: tuple[float, float],
    *,
    num_iterations: int,
) -> Walk:
    """Return the path of an optimizer from a starting point."""
    values = optimizer.traced()
    rate = values.pop("learning_rate")
    step = _compiled(optimizer.kind, surface, num_iterations)
    return Walk(*_jax.device_get(step(jnp.float32(rate), _point(start), values)))


def best_rate(
    optimizer: spec.Optimizer,
    surface: str,
    start: tuple[float, float],
    *,
    num_iterations: int,
) -> float:
    """Return the learning rate of `RATES` whose path ends at the lowest value.

    Paths that leave the range of float32 do not count.
    """
    values = optimizer.traced()
    values.pop("learning_rate")
    ends = _compiled_ends(optimizer.kind, surface, num_iterations)
    heights = np.asarray(ends(jnp.float32(RATES), _point(start), values))
    sound = np.isfinite(heights).all(axis=1)
    return float(RATES[int(np.argmin(np.where(sound, heights[:, -1], np.inf)))])


def _point(point: tuple[float, float]) -> jax.Array:
    return jnp.asarray(point, jnp.float32)


@lru_cache(maxsize=64)
def _compiled(kind: str, surface: str, num_iterations: int) -> Any:
    return _jax.jit(partial(_walk, kind, surface, num_iterations))


@lru_cache(maxsize=64)
def _compiled_ends(kind: str, surface: str, num_iterations: int) -> Any:
    def heights(rate: Any, start: Any, values: Any) -> Any:
        return _walk(kind, surface, num_iterations, rate, start, values)[1]

    return _jax.jit(_jax.vmap(heights, in_axes=(0, None, None)))


def _walk(
    kind: str, surface: str, num_iterations: int, *arguments: Any
) -> tuple[Any, ...]:
    rate, start, values = arguments
    rule: Any = optim.get(kind).direction(**values)
    value_and_gradient = _jax.value_and_grad(get_surface(surface).function)

    def step(carry: Any, _: None) -> tuple[Any, Any]:
        point, memory = carry
        value, gradient = value_and_gradient(point)
        direction, memory = rule.update(gradient, memory, point)
        named = named_memory(kind, memory)
        visited = point, value, gradient, direction, named
        return (point - rate * direction, memory), visited

    carry = start, rule.init(start)
    return _jax.lax.scan(step, carry, length=num_iterations + 1)[1]
