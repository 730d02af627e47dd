"""Records the path of an optimizer over a function of a few variables."""

from collections.abc import Callable, Hashable
from functools import lru_cache, partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from assay import optim, spec
from assay.lab.units.fitting._memory import named_memory

__all__ = ["RATES", "Function", "Walk", "best_walk", "walk"]

RATES = 10.0 ** np.arange(-5, 1.01, 0.25)
"""The learning rates to try in a race on a surface."""

# (point, data for the update) -> value. Compiled walks are cached by function, so
# always pass the same function object.
Function = Callable[[jax.Array, Any], jax.Array]

# A walk takes microseconds, so optimizing the compiled code is not worthwhile.
_QUICK_TO_COMPILE = {
    "xla_cpu_use_fusion_emitters": False,
    "xla_backend_optimization_level": 0,
}

_jax: Any = jax  # parts of JAX are untyped


class Walk(NamedTuple):
    """The path of an optimizer, with one row per update and one for the last point.

    Args:
        points: (n + 1, k), visited points.
        values: (n + 1,), value of the function at each point.
        gradients: (n + 1, k), gradient at each point.
        directions: (n + 1, k), direction of each update.
        memory: state of the optimizer after each update, by symbol, each (n + 1, k).
    """

    points: np.ndarray
    values: np.ndarray
    gradients: np.ndarray
    directions: np.ndarray
    memory: dict[str, np.ndarray]


def walk(
    optimizer: spec.Optimizer, function: Function, start: Any, *, changing: Any
) -> Walk:
    """Return the path of an optimizer from a starting point.

    Args:
        optimizer: optimizer with its learning rate.
        function: the function to minimize.
        start: (k,), starting point.
        changing: tree of arrays with n + 1 rows; each update passes one row to the
            function.
    """
    values = optimizer.traced()
    rates = np.full(len(RATES), values.pop("learning_rate"), np.float32)
    return _best(optimizer.kind, function, rates, (start, values, changing))[1]


def best_walk(
    optimizer: spec.Optimizer, function: Function, start: Any, *, changing: Any
) -> tuple[float, Walk]:
    """Return the rate in `RATES` whose path ends at the lowest value, and this path.

    Paths that leave the range of float32 are ignored. The arguments are the same as
    those of `walk`.
    """
    values = optimizer.traced()
    values.pop("learning_rate")
    rates = RATES.astype(np.float32)
    best, walked = _best(optimizer.kind, function, rates, (start, values, changing))
    return float(RATES[best]), walked


def _best(
    kind: str, function: Function, rates: np.ndarray, arguments: tuple[Any, ...]
) -> tuple[int, Walk]:
    start, values, changing = arguments
    run = _compiled(kind, function)
    best, walked = run(rates, jnp.asarray(start, jnp.float32), values, changing)
    return int(best), Walk(*_jax.device_get(walked))


@lru_cache(maxsize=64)
def _compiled(kind: str, function: Hashable) -> Any:
    """Return a compiled function that tries several rates and returns the best path."""

    def run(rates: Any, *arguments: Any) -> tuple[Any, Any]:
        one = partial(_walk, kind, function)
        walks = _jax.vmap(one, in_axes=(0, None, None, None))(rates, *arguments)
        heights = walks[1]
        sound = jnp.isfinite(heights).all(axis=1)
        best = jnp.argmin(jnp.where(sound, heights[:, -1], jnp.inf))
        return best, _jax.tree.map(lambda array: array[best], walks)

    return _jax.jit(run, compiler_options=_QUICK_TO_COMPILE)


def _walk(kind: str, function: Any, *arguments: Any) -> tuple[Any, ...]:
    rate, start, values, changing = arguments
    rule: Any = optim.get(kind).direction(**values)
    value_and_gradient = _jax.value_and_grad(function)

    def step(carry: Any, row: Any) -> tuple[Any, Any]:
        point, memory = carry
        value, gradient = value_and_gradient(point, row)
        direction, memory = rule.update(gradient, memory, point)
        named = named_memory(kind, memory)
        visited = point, value, gradient, direction, named
        return (point - rate * direction, memory), visited

    return _jax.lax.scan(step, (start, rule.init(start)), changing)[1]
