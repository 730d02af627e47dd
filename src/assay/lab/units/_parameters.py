"""Unit 4, parameters and hyperparameters, and how updates change the parameters."""

from functools import lru_cache
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from assay import nn, spec
from assay._errors import InputError, did_you_mean, fault
from assay.lab.units._registry import Body, Lesson, handles, lesson
from assay.lab.units.fitting._memory import memory_of
from assay.lab.units.fitting._sources import Source, source_of
from assay.training import Fit

__all__ = ["table", "updates"]

_MOST_ITERATIONS = 60
_MOST_NUMBERS = 20_000_000  # maximum number of stored values (80 MB)

LESSON = lesson(
    Lesson(
        unit="parameters",
        title="Training adjusts the parameters; you set the hyperparameters",
        paragraphs=(
            "Parameters are the numbers inside the model: weights and biases. They "
            "are initialized, mostly at random, and learned from the training data. "
            "Hyperparameters, such as the layers, the learning rate, the batch size "
            "and the number of epochs, are set before training.",
            "A dense layer with n inputs and u units has n × u weights and u biases. "
            "Choose a weight, and step through its updates to see the gradient and the "
            "value before and after each update. The hyperparameters do not change.",
            "As a rule of thumb, a data set should have about ten times as many "
            "examples as the model has parameters.",
        ),
    )
)


class TableBody(Body):
    """Request for all parameters and hyperparameters of a model.

    Args:
        run: name of a finished run; "" for a small network on the digits.
        units: number of units in each hidden layer; ignored for a run.
    """

    run: str = ""
    units: Annotated[int, Field(ge=1, le=256)] = 32


class UpdatesBody(TableBody):
    """Request for the first updates of one parameter.

    Args:
        layer: name of the layer.
        name: name of the array, such as "kernel".
        index: position in the array.
        optimizer: kind of optimizer; ignored for a run.
        learning_rate: learning rate; None for the run's rate or the default rate.
        num_iterations: number of updates.
        seed: seed for the initial values and the batch order.
    """

    layer: str = "output"
    name: str = "kernel"
    index: tuple[int, ...] = (0, 0)
    optimizer: str = "sgd"
    learning_rate: Annotated[float, Field(gt=0, le=1e6)] | None = None
    num_iterations: Annotated[int, Field(ge=1, le=_MOST_ITERATIONS)] = 40
    seed: Annotated[int, Field(ge=0)] = 0


@handles("parameters", "table")
def table(body: TableBody) -> dict[str, Any]:
    """Return the layers with their parameter counts, and all hyperparameters."""
    source = source_of(body.run)
    training = _training(source, body)
    fit = source.fit(training)
    network, arrays = fit.program.network, fit.last().parameters
    rows = nn.describe(
        network.layers, network.input_shape, num_outputs=network.num_outputs
    )
    return {
        "source": source.name,
        "num_train": len(source.train[1]),
        "num_parameters": network.num_parameters,
        "layers": [
            {
                "name": row.name,
                "input_shape": row.input_shape,
                "output_shape": row.output_shape,
                "num_parameters": row.num_parameters,
                "formula": row.formula,
                "count": row.parameters,
                "arrays": _arrays(arrays.get(row.name, {})),
            }
            for row in rows
        ],
        "hyperparameters": list(_hyperparameters(training)),
    }


def _training(source: Source, body: TableBody) -> spec.Training:
    if source.model is not None:
        return source.training
    layers = (spec.Dense(body.units), spec.ReLU()) * 2
    return source.training.model_copy(update={"model": layers})


def _arrays(arrays: Any) -> list[dict[str, Any]]:
    """Return the name and shape of each array in a layer."""
    flat = [(name, a) for name, a in arrays.items() if not isinstance(a, dict)]
    return [{"name": name, "shape": array.shape} for name, array in flat]


def _hyperparameters(training: spec.Training) -> Any:
    """Yield the path, value and meaning of each hyperparameter."""
    for path, _, value in training.leaves():
        field = path.split(".")[0].split("[")[0]
        described = type(training).model_fields[field].description or ""
        yield {
            "path": path,
            "value": value if isinstance(value, int | float | str) else str(value),
            "group": field,
            "meaning": described,
        }


@handles("parameters", "updates")
def updates(body: UpdatesBody) -> dict[str, Any]:
    """Return one parameter before and after each of the first updates.

    Each step contains the parameter's value before the update, its gradient, the
    optimizer state, the learning rate, the cost and the value after the update.
    """
    source = source_of(body.run)
    training = _training(source, body)
    if source.model is None:
        optimizer = spec.Training(optimizer=body.optimizer).optimizer
        training = training.model_copy(update={"optimizer": optimizer})
    rate = body.learning_rate or float(training.traced()["optimizer.learning_rate"])
    settings = training.model_dump_json()
    trace = _trace(source, settings, rate, body.num_iterations, seed=body.seed)
    path = _check_path(trace[0]["parameters"], body)
    pairs = zip(trace[:-1], trace[1:], strict=True)
    steps = [_update_of(step, following, path) for step, following in pairs]
    optimizer = training.optimizer
    return {
        "source": source.name,
        "layer": body.layer,
        "name": body.name,
        "index": body.index,
        "shape": np.shape(trace[0]["parameters"][body.layer][body.name]),
        "optimizer": optimizer.kind,
        "formula": optimizer.formula,
        "hyperparameters": optimizer.traced() | {"learning_rate": rate},
        "steps": steps,
    }


def _update_of(
    step: dict[str, Any], following: dict[str, Any], path: tuple[Any, ...]
) -> dict[str, Any]:
    """Return the details of an iteration for the parameter at (layer, name, index)."""
    return {
        "iteration": step["iteration"],
        "before": _at(step["parameters"], path),
        "gradient": _at(step["gradients"], path),
        "memory": {k: _at(v, path) for k, v in step["memory"].items()},
        "rate": step["rate"],
        "cost": step["cost"],
        "after": _at(following["parameters"], path),
    }


def _check_path(parameters: Any, body: UpdatesBody) -> tuple[Any, ...]:
    """Return (layer, name, index); raise an InputError if no such parameter exists."""
    for found, key, what in (
        (parameters, body.layer, "The network has no layer"),
        (parameters.get(body.layer, {}), body.name, "The layer has no array"),
    ):
        if not found or key not in found:
            known = ", ".join(name for name, item in found.items() if np.size(item))
            near = did_you_mean(key, found)
            known = known or "the arrays of another layer"
            raise InputError(f"{what} {key!r}. Use one of {known}.{near}")
    shape = np.shape(parameters[body.layer][body.name])
    inside = len(shape) == len(body.index) and all(
        0 <= i < size for i, size in zip(body.index, shape, strict=True)
    )
    if not inside:
        rule = f"index inside {shape}"
        fix = f"Use {(0,) * len(shape)}."
        raise InputError(fault(rule, "index", body.index, fix))
    return body.layer, body.name, tuple(body.index)


def _at(tree: Any, path: tuple[Any, ...]) -> float:
    layer, name, index = path
    return float(tree[layer][name][index])


@lru_cache(maxsize=8)
def _trace(
    source: Source, training: str, rate: float, num_iterations: int, *, seed: int
) -> list[dict[str, Any]]:
    """Return the state before each of the first updates and after the last one."""
    settings = spec.Training.model_validate_json(training)
    fit = source.fit(settings, seed=seed)
    fit.hyperparameters = fit.hyperparameters.with_learning_rate(rate)
    fitting = _MOST_NUMBERS // (4 * fit.program.network.num_parameters)
    count = min(num_iterations, fit.num_iterations, max(fitting, 1))
    steps = [_state(fit)]
    for _ in range(count):
        fit.advance(iterations=1)
        steps[-1]["rate"] = float(fit.history.iterations["learning_rate"][-1])
        steps.append(_state(fit))
        # Each update is shown with the optimizer state that results from it.
        steps[-2]["memory"] = steps[-1]["memory"]
    return steps


def _state(fit: Fit) -> dict[str, Any]:
    probed = fit.probe()
    return {
        "iteration": fit.iteration,
        "parameters": fit.last().parameters,
        "gradients": probed["parameter_gradients"],
        "cost": float(probed["cost"]),
        "memory": memory_of(fit),
        "rate": None,
    }
