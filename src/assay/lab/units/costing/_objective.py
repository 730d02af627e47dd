"""The losses of a batch, their mean and the objective with a penalty."""

from functools import partial
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import costs, regularize
from assay._errors import InputError, fault
from assay.lab.units._registry import Body, handles
from assay.lab.units.costing._losses import evaluator
from assay.lab.units.costing._models import trained
from assay.lab.units.fitting._sources import Source

__all__ = ["ExamplesBody", "examples"]


class ExamplesBody(Body):
    """Request for the losses of a batch and the objective of a model.

    Args:
        run: name of a finished run; "" for a small network on built-in data.
        loss: name of the loss; it must suit the run's task.
        batch: index of the batch in the training set.
        batch_size: number of examples in a batch.
        penalty: "l1", "l2" or "none".
        strength: strength of the penalty.
    """

    run: str = ""
    loss: str = "cross_entropy"
    batch: Annotated[int, Field(ge=0)] = 0
    batch_size: Annotated[int, Field(ge=1, le=256)] = 8
    penalty: str = "l2"
    strength: Annotated[float, Field(ge=0)] = 0.001


@handles("costs", "examples")
def examples(body: ExamplesBody) -> dict[str, Any]:
    """Return the losses of a batch, their mean and the objective with a penalty."""
    loss = costs.get(body.loss)
    source, model = trained(body.run, body.loss)
    inputs, targets = _rows_of(source, body)
    member, program = model.members[0], model.program
    raw = program.network.infer(*member.model, model.hyperparameters.model, inputs)
    outputs = np.asarray(raw, np.float32)
    losses, gradients = evaluator(body.loss)(outputs, targets, loss.hyperparameters)
    cost = partial(costs.cost, loss, **loss.hyperparameters)
    count = len(targets)
    rows = source.rows[body.batch * body.batch_size :][:count]
    return {
        "source": source.name,
        "task": source.preparation.task.kind,
        "classes": source.preparation.task.classes,
        "loss": body.loss,
        "formula": loss.formula,
        "direction": loss.direction,
        "num_batches": -(-len(source.train[1]) // body.batch_size),
        "rows": rows,
        "pixels": _pixels(source, rows),
        "targets": targets,
        "outputs": outputs,
        "predictions": loss.link(jnp.asarray(outputs)),
        "losses": losses,
        "gradients": gradients / count,
        "sum": float(losses.sum()),
        "cost": float(cost(jnp.asarray(outputs), jnp.asarray(targets))),
        "num_rows": len(source.train[1]),
        "cost_of_train": _of_part(source, model, loss),
        **_penalty(member.parameters, body),
    }


def _rows_of(source: Source, body: ExamplesBody) -> tuple[Any, np.ndarray]:
    """Return the inputs and targets of a batch."""
    start = body.batch * body.batch_size
    stop = start + body.batch_size
    targets = source.train[1][start:stop]
    if not len(targets):
        last = -(-len(source.train[1]) // body.batch_size) - 1
        rule = f"0 <= batch <= {last}"
        raise InputError(fault(rule, "batch", body.batch, f"Use {last}."))
    return jax.tree.map(lambda array: array[start:stop], source.train[0]), targets


def _pixels(source: Source, rows: np.ndarray) -> np.ndarray | None:
    """Return the digits' pixel values (n, 64), from 0 to 16; None for other data."""
    frame = source.dataset.frame
    if source.dataset.name != "digits" or frame.width != 64:
        return None
    return frame[rows.tolist()].to_numpy().astype(np.int32)


def _of_part(source: Source, model: Any, loss: costs.Loss) -> float:
    """Return the cost of the whole training set."""
    member, program = model.members[0], model.program
    inputs, settings = source.train[0], model.hyperparameters.model
    outputs = program.network.infer(*member.model, settings, inputs)
    targets = jnp.asarray(source.train[1])
    values: Any = loss.hyperparameters
    return float(costs.cost(loss, outputs, targets, **values))


def _penalty(parameters: Any, body: ExamplesBody) -> dict[str, Any]:
    """Return the penalty on the kernels and its formula."""
    if body.penalty == "none":
        return {"penalty": 0.0, "penalty_formula": ""}
    if body.penalty not in regularize.PENALTIES:
        known = ", ".join((*regularize.PENALTIES, "none"))
        raise InputError(f"Unknown penalty {body.penalty!r}. Use one of {known}.")
    values = {body.penalty: {"strength": body.strength}}
    return {
        "penalty": float(regularize.penalty(parameters, values)),
        "penalty_formula": regularize.PENALTIES[body.penalty].formula,
    }
