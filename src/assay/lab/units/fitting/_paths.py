"""The paths of fits in parameter space, and slices of the cost around the paths."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.flatten_util import ravel_pytree

from assay import costs
from assay.lab.units.fitting._memory import memory_of
from assay.training import Examples, Fit

__all__ = ["Path", "Plane", "cost_of_points", "flat", "follow"]

_MOST_ROWS = 512  # maximum number of training rows used to compute a slice
_AT_ONCE = 16  # number of points in a slice that are evaluated together

_jax: Any = jax  # parts of JAX are untyped


@dataclass(frozen=True, eq=False)
class Path:
    """The path of a fit: the parameters before each update and after the last one.

    Args:
        points: (n + 1, p), all parameters as one vector.
        costs: (n,), cost of each batch.
        gradient_norms: (n,), norm of each gradient.
        memory: norms (n,) of each part of the optimizer's state after each update, by
            symbol.
        diverged_at: first iteration with a cost that is not finite.
    """

    points: np.ndarray
    costs: np.ndarray
    gradient_norms: np.ndarray
    memory: dict[str, np.ndarray]
    diverged_at: int | None


@dataclass(frozen=True, eq=False)
class Plane:
    """A plane in the space of all parameters.

    Args:
        origin: (p,), the point at (0, 0).
        axes: (2, p), orthogonal unit vectors.
    """

    origin: np.ndarray
    axes: np.ndarray

    @classmethod
    def through(cls, origin: np.ndarray, one: np.ndarray, other: np.ndarray) -> "Plane":
        """Return the plane through three points."""
        first = _unit(one - origin)
        rest = other - origin
        return cls(origin, np.stack([first, _unit(rest - (rest @ first) * first)]))

    def project(self, points: np.ndarray) -> np.ndarray:
        """Return the coordinates (n, 2) of the nearest points in the plane."""
        return (points - self.origin) @ self.axes.T

    def share(self, point: np.ndarray) -> float:
        """Return the in-plane fraction of a point's squared distance to the origin."""
        moved = point - self.origin
        total = float(moved @ moved)
        inside = self.project(point[None])[0]
        return float(inside @ inside) / total if total else 1.0

    def points(self, coordinates: np.ndarray) -> np.ndarray:
        """Return the points (n, p) at coordinates (n, 2)."""
        return self.origin + coordinates @ self.axes


def _unit(vector: np.ndarray) -> np.ndarray:
    length = np.linalg.norm(vector)
    return vector / length if length else vector


def flat(fit: Fit) -> np.ndarray:
    """Return all parameters of a fit as one vector."""
    leaves = jax.tree.leaves(fit.last().parameters)
    return np.concatenate([np.ravel(leaf) for leaf in leaves])


def follow(fit: Fit, num_iterations: int) -> Path:
    """Run a fit one iteration at a time and return its path."""
    points, memory = [flat(fit)], list[dict[str, float]]()
    for _ in range(num_iterations):
        fit.advance(iterations=1)
        points.append(flat(fit))
        parts = memory_of(fit).items()
        memory.append({symbol: _length(part) for symbol, part in parts})
    history = fit.history.iterations
    symbols = memory[0] if memory else {}
    return Path(
        np.stack(points),
        history["cost"],
        history["gradient_norm"],
        {symbol: np.array([row[symbol] for row in memory]) for symbol in symbols},
        fit.diverged_at,
    )


def _length(tree: Any) -> float:
    leaves = [np.ravel(leaf) for leaf in jax.tree.leaves(tree)]
    return float(np.linalg.norm(np.concatenate(leaves)))


def cost_of_points(fit: Fit, points: np.ndarray) -> np.ndarray:
    """Return the training cost (n,) at each of n parameter vectors (n, p).

    At most 512 rows are used. The network is in inference mode, so dropout is off.
    """
    evaluate = _jax.jit(partial(_costs, fit))
    return np.asarray(evaluate(jnp.asarray(points, jnp.float32)))


def _costs(fit: Fit, points: jax.Array) -> jax.Array:
    fitted, static = fit.last(), fit.program.static
    _, unravel = ravel_pytree(fitted.parameters)
    values = fit.hyperparameters
    part: Examples = fit.train.leading
    count = min(int(part.count), _MOST_ROWS)
    inputs = jax.tree.map(lambda array: jnp.asarray(array)[:count], part.inputs)
    targets = jnp.asarray(part.targets)[:count]

    def cost(point: jax.Array) -> jax.Array:
        outputs = static.network.infer(
            unravel(point), fitted.statistics, values.model, inputs
        )
        return costs.objective(static.loss, outputs, targets, **values.cost)

    return _jax.lax.map(cost, points, batch_size=_AT_ONCE)
