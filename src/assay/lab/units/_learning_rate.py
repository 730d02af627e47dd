"""Unit 3, learning rate: fits side by side, the range test and the schedules."""

import math
from functools import lru_cache
from typing import Annotated, Any

import jax.numpy as jnp
import numpy as np
from pydantic import BaseModel, Field

from assay import spec
from assay._errors import RunError
from assay.lab.units._registry import Lesson, answers, lesson
from assay.lab.units.fitting._sources import Source, source_of
from assay.optim import schedules
from assay.training import Fit
from assay.tuning import range_test

__all__ = ["compare", "draw", "find_range", "list_schedules", "rescue", "sweep"]

_EXPLODED = 3.0  # a cost this many times the first one counts as an explosion
_RATES = tuple(float(f"{10**power:.4g}") for power in np.arange(-4, 1.26, 0.25))
_SEEDS = Annotated[int, Field(ge=0)]
_Rate = Annotated[float, Field(gt=0, le=1e6)]
_Epochs = Annotated[int, Field(ge=1, le=30)]

_SNIPPET = """\
import assay

hidden = [assay.Dense(32), assay.ReLU()] * 2
for rate in (0.001, 0.1, 5.0):
    fit = assay.Fit.on(
        "digits",
        model=hidden,
        optimizer=assay.SGD(rate),
        schedule=assay.WarmupCosine(),
        batch_size=32,
        num_epochs=8,
    )
    cost = fit.run().history.iterations["cost"]
    print(f"rate {rate:<6} first cost {cost[0]:.3f}, last cost {cost[-1]:.3f}")
"""

LESSON = lesson(
    Lesson(
        unit="learning_rate",
        title="The learning rate is the length of each step towards the minimum",
        paragraphs=(
            "Each update subtracts the learning rate times the gradient. The three "
            "fits share their initial weights and their batches; only the rate "
            "differs. Too small a rate wastes epochs. Too large a rate jumps across "
            "the minimum, and the cost explodes.",
            "A range test raises the rate at every update and proposes one from the "
            "stretch where the cost falls. A schedule changes the rate during "
            "training: larger steps early, smaller ones near the end.",
            "After an explosion, the page names the update and the layer that went "
            "wrong, and continues from the last good state at a lower rate.",
        ),
        snippet=_SNIPPET,
    )
)


class _FitBody(BaseModel):
    """The settings that all questions about fits share.

    Args:
        run: folder of a finished run, whose data and network are used; None for digits
            and a small network.
        optimizer: kind of the optimizer.
        num_epochs: number of epochs of each fit.
        seed: seed of the initial values and the batch order, which all fits share.
    """

    run: str = ""
    optimizer: str = "sgd"
    num_epochs: _Epochs = 8
    seed: _SEEDS = 0


class CompareBody(_FitBody):
    """The question for fits that differ only in their learning rate.

    Args:
        rates: the learning rates.
        schedule: the schedule of all fits, as a kind or with its values.
    """

    rates: Annotated[list[_Rate], Field(min_length=1, max_length=6)] = [0.001, 0.1, 5.0]
    schedule: dict[str, Any] = {"kind": "constant"}


class SweepBody(_FitBody):
    """The question for the cost after training at 22 learning rates.

    Args:
        schedule: the schedule of all fits, as a kind or with its values.
    """

    schedule: dict[str, Any] = {"kind": "constant"}


class RescueBody(_FitBody):
    """The question for a fit that goes on from its last good state at another rate.

    Args:
        rate: learning rate before.
        iteration: number of updates at that rate.
        new_rate: learning rate after.
        schedule: the schedule, as a kind or with its values.
    """

    rate: _Rate = 1.0
    iteration: Annotated[int, Field(ge=0, le=100_000)] = 0
    new_rate: _Rate = 0.1
    schedule: dict[str, Any] = {"kind": "constant"}


class RangeBody(_FitBody):
    """The question for a range test.

    Args:
        low: first learning rate.
        high: last learning rate.
        num_iterations: number of updates.
    """

    low: _Rate = 1e-4
    high: _Rate = 10.0
    num_iterations: Annotated[int, Field(ge=10, le=400)] = 100


class DrawBody(BaseModel):
    """The question for the curve of a schedule.

    Args:
        schedule: the schedule, as a kind or with its values.
        rate: learning rate that the schedule multiplies.
        num_iterations: length of training.
    """

    schedule: dict[str, Any] = {"kind": "warmup_cosine"}
    rate: _Rate = 0.1
    num_iterations: Annotated[int, Field(ge=2, le=2000)] = 320


class SchedulesBody(BaseModel):
    """The question for all schedules, which has no settings."""


@answers("learning_rate", "compare")
def compare(body: CompareBody) -> dict[str, Any]:
    """Return one fit per learning rate, all from the same start on the same batches."""
    source = source_of(body.run)
    training = _training(source, body, schedule=body.schedule)
    fits = []
    for rate in body.rates:
        fit = _fit(source, training, rate, body.seed)
        fit.run()
        fits.append({"rate": rate, **_curves(fit), "failure": None})
        if (index := _explosion(fit)) is not None:
            fits[-1]["failure"] = _explain(
                index, fit, _fit(source, training, rate, body.seed)
            )
    return {
        "source": source.name,
        "iterations_per_epoch": fit.iterations_per_epoch,
        "num_iterations": fit.num_iterations,
        "optimizer": training.optimizer.to_data(),
        "batch_size": training.batch_size,
        "num_train": len(source.train[1]),
        "fits": fits,
    }


def _training(
    source: Source, body: _FitBody, schedule: dict[str, Any] | None = None
) -> spec.Training:
    """Return the settings of the fits, without early stopping."""
    chosen = spec.Training(
        optimizer=body.optimizer, schedule=schedule or {"kind": "constant"}
    )
    kept = [r for r in source.training.regularizers if r.kind != "early_stopping"]
    changes = {
        "optimizer": chosen.optimizer,
        "schedule": chosen.schedule,
        "regularizers": tuple(kept),
        "num_epochs": body.num_epochs,
    }
    return source.training.model_copy(update=changes)


def _fit(source: Source, training: spec.Training, rate: float, seed: int) -> Fit:
    fit = source.fit(training, seed=seed)
    fit.hyperparameters = fit.hyperparameters.with_learning_rate(rate)
    return fit


def _curves(fit: Fit) -> dict[str, Any]:
    iterations, epochs = fit.history.iterations, fit.history.epochs
    return {
        "cost": iterations["cost"],
        "gradient_norm": iterations["gradient_norm"],
        "learning_rate": iterations["learning_rate"],
        "train_cost": epochs["train_cost"],
        "val_cost": epochs["val_cost"],
        "val_score": epochs["val_score"],
    }


def _explosion(fit: Fit) -> int | None:
    """Return the first iteration whose cost is infinite or far above the first one."""
    cost = np.asarray(fit.history.iterations["cost"], np.float64)
    bad = ~np.isfinite(cost) | (cost > cost[0] + _EXPLODED * abs(cost[0]))
    return int(np.argmax(bad)) if bad.any() else None


def _explain(index: int, fit: Fit, again: Fit) -> dict[str, Any]:
    """Return what happened in the update before the cost exploded.

    Args:
        index: iteration whose cost exploded.
        fit: the complete fit.
        again: the same fit before its first iteration.
    """
    cost = fit.history.iterations["cost"]
    if index > 1:
        again.advance(iterations=index - 1)
    before, probed = again.last(), again.probe()
    again.advance(iterations=1)
    after, next_probed = again.last(), again.probe()
    layers = _updates(before.parameters, after.parameters)
    gradients = probed["parameter_gradients"]
    for layer in layers:
        layer["gradient_norm"] = _norm(gradients.get(layer["layer"], {}))
    largest = max(layers, key=lambda layer: layer["ratio"] or math.inf)
    outputs = next_probed["values"]
    names = [n for n in again.program.network.names if n in outputs]
    broken = [n for n in names if not np.isfinite(outputs[n]).all()]
    return {
        "iteration": index,
        "cost": float(cost[index]),
        "first_cost": float(cost[0]),
        "cost_before": float(cost[index - 1]) if index else None,
        "not_finite": not math.isfinite(float(cost[index])),
        "largest": largest,
        "first_layer_not_finite": broken[0] if broken else None,
        "layers": layers,
    }


def _updates(before: Any, after: Any) -> list[dict[str, Any]]:
    """Return the length of each layer's parameters and of their update."""
    rows = []
    for name, arrays in before.items():
        if not arrays:
            continue
        change = {key: after[name][key] - array for key, array in arrays.items()}
        length, step = _norm(arrays), _norm(change)
        ratio = step / length if length else math.inf
        rows.append({"layer": name, "norm": length, "update": step, "ratio": ratio})
    return rows


def _norm(arrays: Any) -> float:
    squares = [np.square(np.asarray(array, np.float64)) for array in arrays.values()]
    return math.sqrt(sum(float(square.sum()) for square in squares))


@answers("learning_rate", "rescue")
def rescue(body: RescueBody) -> dict[str, Any]:
    """Return the rest of a fit that continues at another learning rate."""
    source = source_of(body.run)
    training = _training(source, body, schedule=body.schedule)
    fit = _fit(source, training, body.rate, body.seed)
    if body.iteration:
        fit.advance(iterations=body.iteration)
    fit.hyperparameters = fit.hyperparameters.with_learning_rate(body.new_rate)
    fit.run()
    curves = _curves(fit)
    return {
        "start": body.iteration,
        "new_rate": body.new_rate,
        "cost": curves["cost"][body.iteration :],
        "val_cost": float(curves["val_cost"][-1]),
    }


@answers("learning_rate", "sweep")
def sweep(body: SweepBody) -> dict[str, Any]:
    """Return the cost on train and val after training at each of 22 learning rates."""
    return _sweep(body.model_dump_json())


@lru_cache(maxsize=32)
def _sweep(question: str) -> dict[str, Any]:
    body = SweepBody.model_validate_json(question)
    source = source_of(body.run)
    training = _training(source, body, schedule=body.schedule)
    train, val = [], []
    for rate in _RATES:
        fit = _fit(source, training, rate, body.seed)
        fit.run()
        train.append(float(fit.history.epochs["train_cost"][-1]))
        val.append(float(fit.history.epochs["val_cost"][-1]))
    finite = np.where(np.isfinite(val), val, np.inf)
    best = int(np.argmin(finite))
    return {
        "rates": _RATES,
        "train_cost": train,
        "val_cost": val,
        "best_rate": _RATES[best],
        "best_val_cost": val[best],
        "num_epochs": body.num_epochs,
    }


@answers("learning_rate", "range")
def find_range(body: RangeBody) -> dict[str, Any]:
    """Return the curve of a range test and the learning rate that it proposes."""
    source = source_of(body.run)
    training = _training(source, body)
    try:
        test = range_test(
            training,
            source.training_data(),
            seed=body.seed,
            low=body.low,
            high=body.high,
            num_iterations=body.num_iterations,
        )
    except RunError as error:
        return {"source": source.name, "test": None, "message": str(error)}
    return {"source": source.name, "test": test.to_json(), "message": ""}


@answers("learning_rate", "schedules")
def list_schedules(body: SchedulesBody) -> dict[str, Any]:
    """Return the name, formula and hyperparameters of every schedule."""
    rows = [
        {
            "name": name,
            "class": member.declaration.__name__,
            "formula": member.formula,
            "summary": (member.declaration.__doc__ or "").splitlines()[0],
            "hyperparameters": member.hyperparameters,
            "stateful": member.stateful,
        }
        for name, member in schedules.REGISTRY.items()
    ]
    return {"schedules": rows}


@answers("learning_rate", "draw")
def draw(body: DrawBody) -> dict[str, Any]:
    """Return the learning rate of each iteration under a schedule.

    The factor of `on_plateau` depends on measured costs, so only its start is known.
    """
    chosen = spec.Training(schedule=body.schedule).schedule
    member = schedules.get(chosen.kind)
    iterations = jnp.arange(body.num_iterations)
    values = chosen.traced()
    factors = np.asarray(member.factor(iterations, body.num_iterations, **values))
    return {
        "name": chosen.kind,
        "formula": member.formula,
        "hyperparameters": values,
        "stateful": member.stateful,
        "factors": factors,
        "rates": np.float32(body.rate) * factors,
    }
