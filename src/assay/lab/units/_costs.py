"""Unit 2, costs: the loss of a point, the cost of a set and the objective."""

from functools import lru_cache, partial
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import BaseModel, Field

from assay import costs, regularize, spec
from assay._errors import InputError, fault
from assay.lab.units._registry import Lesson, answers, lesson
from assay.lab.units.fitting._sources import Source, builtin, inputs_of, source_of

__all__ = ["catalog", "constant", "examples", "point"]

_MOST_POINTS = 2001
_DATA = {"binary": "breast_cancer", "multiclass": "digits", "regression": "diabetes"}
_EPOCHS = 5  # enough for a useful model that still makes mistakes

_jax: Any = jax  # parts of JAX are untyped

_SNIPPET = """\
import assay
import jax.numpy as jnp

outputs, targets = jnp.array([[1.5], [-0.5], [6.0]]), jnp.array([0.0, 0.0, 1.0])
for name in ("squared_error", "absolute_error", "huber"):
    loss = assay.costs.get(name)
    losses = loss.loss(outputs, targets, **loss.hyperparameters)
    cost = assay.costs.cost(loss, outputs, targets, **loss.hyperparameters)
    print(f"{name:15} losses {losses}, cost {cost:.4f}")

parameters = {"output": {"kernel": jnp.array([[1.0], [-2.0]])}}
penalty = assay.regularize.penalty(parameters, {"l2": {"strength": 0.1}})
print(f"objective {cost + penalty:.4f} = cost {cost:.4f} + penalty {penalty:.4f}")
"""

LESSON = lesson(
    Lesson(
        unit="costs",
        title="A loss judges one example, a cost the whole data set",
        paragraphs=(
            "A loss compares the output for one example with its target. The cost is "
            "the mean of the losses over the data set. The objective is what "
            "training really minimizes: the cost plus penalties on the weights. A "
            "likelihood is maximized instead.",
            "The slope of the loss is what training sends back. Squared error pulls "
            "in proportion to the error, absolute error always pulls equally, and "
            "Huber does one up to delta and the other beyond.",
            "Cross-entropy is the negative log probability of the correct class. Its "
            "gradient is the predicted probability minus the target. Hinge stops "
            "pulling once the margin is 1.",
        ),
        snippet=_SNIPPET,
    )
)


class CatalogBody(BaseModel):
    """The question for all losses, which has no settings."""


class PointBody(BaseModel):
    """The question for the loss of one example.

    Args:
        loss: name of the loss.
        outputs: raw outputs of the model for the example.
        target: class index or number.
        hyperparameters: values that replace the defaults, such as delta.
        varied: place of the output along the curve.
        low: first value of that output.
        high: last value of that output.
        step: distance between two values.
    """

    loss: str = "squared_error"
    outputs: Annotated[list[float], Field(min_length=1, max_length=10)] = [1.5]
    target: float = 0.0
    hyperparameters: dict[str, float] = {}
    varied: Annotated[int, Field(ge=0)] = 0
    low: float = -4.0
    high: float = 4.0
    step: Annotated[float, Field(gt=0)] = 0.02


class ConstantBody(BaseModel):
    """The question for the cost of predicting one number for several targets.

    Args:
        losses: names of losses for numbers.
        targets: the targets.
        delta: error at which huber becomes linear.
        low: first prediction.
        high: last prediction.
        step: distance between two predictions.
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


class ExamplesBody(BaseModel):
    """The question for the losses of a batch and the objective of a model.

    Args:
        run: name of a finished run; "" for a small network on built-in data.
        loss: name of the loss; for a run, it must suit the task of the run.
        batch: number of the batch in the training part, counted from 0.
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


@answers("costs", "catalog")
def catalog(body: CatalogBody) -> dict[str, Any]:
    """Return the name, formula, tasks and properties of every loss."""
    rows = [
        {
            "name": name,
            "class": loss.declaration.__name__,
            "formula": loss.formula,
            "summary": (loss.declaration.__doc__ or "").splitlines()[0],
            "tasks": loss.tasks,
            "direction": loss.direction,
            "hyperparameters": loss.hyperparameters,
            "num_outputs": loss.num_outputs(3),
        }
        for name, loss in costs.REGISTRY.items()
    ]
    return {"losses": rows}


@answers("costs", "point")
def point(body: PointBody) -> dict[str, Any]:
    """Return the loss of one example and its gradient, along one of its outputs.

    The gradient consists of the derivatives of the loss with respect to the raw
    outputs, which is what training sends back into the network.
    """
    loss = costs.get(body.loss)
    _check_outputs(loss, body)
    values = loss.hyperparameters | body.hyperparameters
    x = _grid(body.low, body.high, body.step)
    rows = np.tile(np.asarray(body.outputs, np.float32), (len(x) + 1, 1))
    rows[:-1, body.varied] = x
    target = _target(loss, body.target, len(body.outputs))
    targets = np.full(len(rows), target, np.asarray(target).dtype)
    evaluate = _losses(body.loss)
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
    """Raise an InputError if the outputs or the target do not suit the loss."""
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


def _target(loss: costs.Loss, target: float, num_outputs: int) -> Any:
    """Return the target in the type that the loss expects."""
    return np.float32(target) if "regression" in loss.tasks else np.int32(target)


def _grid(low: float, high: float, step: float) -> np.ndarray:
    count = round((high - low) / step) + 1
    if not 2 <= count <= _MOST_POINTS:
        rule = f"2 <= (high - low) / step + 1 <= {_MOST_POINTS}"
        raise InputError(fault(rule, "step", step, "Use 0.02."))
    return np.round(np.linspace(low, high, count), 6)


@lru_cache(maxsize=32)
def _losses(name: str) -> Any:
    """Return a compiled function of (outputs, targets, values).

    It returns the losses (n,) and their derivatives with respect to the outputs (n, k).
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


@answers("costs", "constant")
def constant(body: ConstantBody) -> dict[str, Any]:
    """Return the cost of a set whose examples all get the same prediction.

    The lowest cost of squared error is at the mean of the targets, and that of absolute
    error at their median.
    """
    for name in body.losses:
        loss = costs.get(name)
        if loss.tasks != ("regression",) or loss.direction != "minimize":
            raise InputError(
                f"{name} does not compare one number with another. Use squared_error, "
                "absolute_error or huber."
            )
    x = _grid(body.low, body.high, body.step)
    evaluate = _constant_costs(tuple(body.losses))
    targets = jnp.asarray(body.targets, jnp.float32)
    every = evaluate(jnp.asarray(x, jnp.float32), targets, jnp.float32(body.delta))
    curves = []
    for name, (cost, slope) in zip(body.losses, every, strict=True):
        place = int(np.argmin(cost))
        best = {"best": float(x[place]), "best_cost": float(cost[place])}
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


@answers("costs", "examples")
def examples(body: ExamplesBody) -> dict[str, Any]:
    """Return the losses of a batch, their mean, and the objective with a penalty."""
    loss = costs.get(body.loss)
    source, model = _trained(body.run, body.loss)
    inputs, targets = _rows_of(source, body)
    member, program = model.members[0], model.program
    raw = program.network.infer(*member.model, model.hyperparameters.model, inputs)
    outputs = np.asarray(raw, np.float32)
    losses, gradients = _losses(body.loss)(outputs, targets, loss.hyperparameters)
    cost = partial(costs.cost, loss, **loss.hyperparameters)
    count = len(targets)
    whole = _of_part(source, model, loss)
    return {
        "source": source.name,
        "task": source.preparation.task.kind,
        "classes": source.preparation.task.classes,
        "loss": body.loss,
        "formula": loss.formula,
        "direction": loss.direction,
        "num_batches": -(-len(source.train[1]) // body.batch_size),
        "rows": source.rows[body.batch * body.batch_size :][:count],
        "pixels": _pixels(source, body, count),
        "targets": targets,
        "outputs": outputs,
        "predictions": loss.link(jnp.asarray(outputs)),
        "losses": losses,
        "gradients": gradients / count,
        "sum": float(losses.sum()),
        "cost": float(cost(jnp.asarray(outputs), jnp.asarray(targets))),
        "num_rows": len(source.train[1]),
        "cost_of_train": whole,
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
    values, lengths = inputs_of(source.train)
    if lengths is None:
        return values[start:stop], targets
    return {"values": values[start:stop], "lengths": lengths[start:stop]}, targets


def _pixels(source: Source, body: ExamplesBody, count: int) -> np.ndarray | None:
    """Return the pixels (n, 64) of digits, from 0 to 16; None for other data."""
    frame = source.dataset.frame
    if source.dataset.name != "digits" or frame.width != 64:
        return None
    rows = source.rows[body.batch * body.batch_size :][:count]
    return frame[rows.tolist()].to_numpy().astype(np.int32)


def _of_part(source: Source, model: Any, loss: costs.Loss) -> float:
    """Return the cost of the whole training part."""
    member, program = model.members[0], model.program
    inputs, settings = source.train[0], model.hyperparameters.model
    outputs = program.network.infer(*member.model, settings, inputs)
    targets = jnp.asarray(source.train[1])
    values: Any = loss.hyperparameters
    return float(costs.cost(loss, outputs, targets, **values))


def _penalty(parameters: Any, body: ExamplesBody) -> dict[str, Any]:
    """Return the penalty on the kernels and the size of its gradient."""
    if body.penalty == "none":
        return {"penalty": 0.0, "penalty_formula": ""}
    if body.penalty not in regularize.PENALTIES:
        known = ", ".join((*regularize.PENALTIES, "none"))
        raise InputError(f"unknown penalty {body.penalty!r}. Known: {known}.")
    values = {body.penalty: {"strength": body.strength}}
    return {
        "penalty": float(regularize.penalty(parameters, values)),
        "penalty_formula": regularize.PENALTIES[body.penalty].formula,
    }


def _trained(run: str, name: str) -> tuple[Source, Any]:
    """Return the data and a model that suit a loss."""
    loss = costs.get(name)
    if not run:
        return _small_network(name)
    source = source_of(run)
    task = source.preparation.task.kind
    assert source.model is not None
    same_outputs = costs.get(source.model.training.cost.kind).num_outputs
    fits = loss.num_outputs(source.num_classes) == same_outputs(source.num_classes)
    if task not in loss.tasks or not fits:
        usable = [n for n, each in costs.REGISTRY.items() if task in each.tasks]
        raise InputError(
            f"{name} does not suit {source.name}, whose task is {task}. Use one of "
            f"{', '.join(usable)}."
        )
    return source, source.model


@lru_cache(maxsize=16)
def _small_network(name: str) -> tuple[Source, Any]:
    """Return a built-in data set for a loss, and a network that was trained with it."""
    loss = costs.get(name)
    if not loss.standardize:
        raise InputError(
            f"{name} needs counts, which no built-in data set has. Choose another loss."
        )
    task = "multiclass" if "multiclass" in loss.tasks else loss.tasks[0]
    source = builtin(_DATA[task])
    training = source.training.model_copy(
        update={
            "cost": spec.Cost.read(name),
            "optimizer": spec.Adam(0.003),
            "num_epochs": _EPOCHS,
        }
    )
    fit = source.fit(training).run()
    return source, source.model_of(fit, training)
