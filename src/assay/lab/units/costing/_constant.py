"""Computes the cost of predicting the same number for several targets."""

from functools import lru_cache, partial
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import costs
from assay._errors import InputError
from assay.lab.units._registry import Body, handles
from assay.lab.units.fitting._grid import grid

__all__ = ["ConstantBody", "constant"]

_jax: Any = jax  # parts of JAX are untyped


class ConstantBody(Body):
    """Request for the cost of predicting one number for several targets.

    Args:
        losses: names of losses for regression.
        targets: the targets.
        delta: error above which the Huber loss is linear.
        low: smallest prediction.
        high: largest prediction.
        step: distance between neighboring predictions.
    """

    losses: Annotated[list[str], Field(min_length=1, max_length=3)] = [
        "squared_error",
        "huber",
        "absolute_error",
    ]
    targets: Annotated[list[float], Field(min_length=1, max_length=50)] = [0.0, 1.0]
    delta: Annotated[float, Field(gt=0)] = 1.0
    low: float = -3.0
    high: float = 10.0
    step: Annotated[float, Field(gt=0)] = 0.02


@handles("costs", "constant")
def constant(body: ConstantBody) -> dict[str, Any]:
    """Return the cost of predicting each number in a range for all targets.

    The squared error is lowest at the mean of the targets, and the absolute error at
    their median.
    """
    for name in body.losses:
        loss = costs.get(name)
        if loss.tasks != ("regression",) or loss.direction != "minimize":
            raise InputError(
                f"{name} does not compare a number with a target. Use squared_error, "
                "absolute_error or huber."
            )
    x = grid(body.low, body.high, body.step, most=2001, fix="Use 0.02.")
    evaluate = _constant_costs(tuple(body.losses))
    targets = jnp.asarray(body.targets, jnp.float32)
    every = evaluate(jnp.asarray(x, jnp.float32), targets, jnp.float32(body.delta))
    curves = []
    for name, (cost, slope) in zip(body.losses, every, strict=True):
        index = int(np.argmin(cost))
        best = {"best": float(x[index]), "best_cost": float(cost[index])}
        curves.append({"loss": name, "costs": cost, "slopes": slope, **best})
    return {
        "x": x,
        "curves": curves,
        "mean": float(np.mean(body.targets)),
        "median": float(np.median(body.targets)),
    }


@lru_cache(maxsize=8)
def _constant_costs(names: tuple[str, ...]) -> Any:
    """Return a compiled function of (x, targets, delta) for several losses."""

    def evaluate(x: jax.Array, targets: jax.Array, delta: jax.Array) -> list[Any]:
        def cost_of(prediction: jax.Array, name: str) -> jax.Array:
            outputs = jnp.full((len(targets), 1), prediction)
            values = {"delta": delta} if name == "huber" else {}
            return costs.cost(costs.get(name), outputs, targets, **values)

        return [
            _jax.vmap(_jax.value_and_grad(partial(cost_of, name=name)))(x)
            for name in names
        ]

    return _jax.jit(evaluate)
