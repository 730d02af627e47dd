"""Computes the loss of one example, its gradient and its curve along one output."""

from functools import lru_cache
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import costs
from assay._errors import InputError, fault
from assay.lab.units._registry import Body, handles
from assay.lab.units.fitting._catalog import entry
from assay.lab.units.fitting._grid import grid

__all__ = ["CatalogBody", "PointBody", "catalog", "evaluator", "point"]

_jax: Any = jax  # parts of JAX are untyped


class CatalogBody(Body):
    """Request for a list of all losses. The request has no settings."""


class PointBody(Body):
    """Request for the loss of one example.

    Args:
        loss: name of the loss.
        outputs: raw outputs of the model for the example.
        target: class index or number.
        hyperparameters: values that replace the defaults, such as delta.
        varied: position of the output that varies along the curve.
        low: smallest value of that output.
        high: largest value of that output.
        step: distance between neighboring values.
    """

    loss: str = "squared_error"
    outputs: Annotated[list[float], Field(min_length=1, max_length=10)] = [1.5]
    target: float = 0.0
    hyperparameters: dict[str, float] = {}
    varied: Annotated[int, Field(ge=0)] = 0
    low: float = -4.0
    high: float = 4.0
    step: Annotated[float, Field(gt=0)] = 0.02


@handles("costs", "catalog")
def catalog(body: CatalogBody) -> dict[str, Any]:
    """Return the name, formula, tasks and properties of each loss."""
    rows = [
        {
            **entry(loss.declaration),
            "tasks": loss.tasks,
            "direction": loss.direction,
            "hyperparameters": loss.hyperparameters,
            "num_outputs": loss.num_outputs(3),
        }
        for loss in costs.REGISTRY.values()
    ]
    return {"losses": rows}


@handles("costs", "point")
def point(body: PointBody) -> dict[str, Any]:
    """Return the loss of an example, the gradient, and the curves along one output.

    The gradient consists of the derivatives of the loss with respect to the raw
    outputs. During training, this gradient is backpropagated through the network.
    """
    loss = costs.get(body.loss)
    _check_outputs(loss, body)
    values = loss.hyperparameters | body.hyperparameters
    x = grid(body.low, body.high, body.step, most=2001, fix="Use 0.02.")
    rows = np.tile(np.asarray(body.outputs, np.float32), (len(x) + 1, 1))
    rows[:-1, body.varied] = x
    target = _target(loss, body.target)
    targets = np.full(len(rows), target, np.asarray(target).dtype)
    evaluate = evaluator(body.loss)
    losses, gradients = evaluate(rows, targets, values)
    prediction = np.asarray(loss.link(jnp.asarray(rows[-1:])))[0]
    return {
        "loss": body.loss,
        "formula": loss.formula,
        "direction": loss.direction,
        "hyperparameters": values,
        "x": x,
        "losses": losses[:-1],
        "slopes": gradients[:-1, body.varied],
        "outputs": body.outputs,
        "target": body.target,
        "prediction": prediction,
        "value": float(losses[-1]),
        "gradient": gradients[-1],
    }


def _check_outputs(loss: costs.Loss, body: PointBody) -> None:
    """Raise an InputError if the loss does not accept the outputs or the target."""
    count = len(body.outputs)
    expected = loss.num_outputs(max(count, 3)) if "multiclass" in loss.tasks else None
    fixed = loss.num_outputs(1) if expected is None else None
    if fixed is not None and count != fixed:
        fix = f"{body.loss} takes {fixed} output{'s' if fixed > 1 else ''}."
        raise InputError(fault(f"len(outputs) == {fixed}", "outputs", count, fix))
    if body.varied >= count:
        rule = f"0 <= varied < {count}"
        raise InputError(fault(rule, "varied", body.varied, "Use 0."))
    classes = {"binary": 2, "multiclass": max(count, 2)}
    most = max((classes.get(task, 0) for task in loss.tasks), default=0)
    if most and body.target not in range(most):
        rule = f"target in 0..{most - 1}"
        raise InputError(fault(rule, "target", body.target, "Use the class 0."))


def _target(loss: costs.Loss, target: float) -> Any:
    """Convert the target to the type that the loss expects."""
    return np.float32(target) if "regression" in loss.tasks else np.int32(target)


@lru_cache(maxsize=32)
def evaluator(name: str) -> Any:
    """Return a compiled function of (outputs, targets, values).

    The function returns the losses (n,) and their derivatives with respect to the
    outputs (n, k).
    """
    loss = costs.get(name)

    def one(row: jax.Array, target: jax.Array, values: dict[str, Any]) -> jax.Array:
        return loss.loss(row[None], target[None], **values)[0]

    each = _jax.vmap(_jax.value_and_grad(one), in_axes=(0, 0, None))
    compiled = _jax.jit(each)

    def evaluate(
        rows: np.ndarray, targets: np.ndarray, values: dict[str, float]
    ) -> tuple[np.ndarray, np.ndarray]:
        losses, gradients = compiled(jnp.asarray(rows), jnp.asarray(targets), values)
        return np.asarray(losses), np.asarray(gradients)

    return evaluate
