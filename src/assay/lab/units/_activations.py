"""Unit 1, activations: curves, derivatives, and the values that reach real layers."""

import inspect
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import BaseModel, Field

from assay import nn, spec
from assay._errors import InputError, fault
from assay.lab.units._registry import Lesson, answers, lesson
from assay.lab.units.fitting._sources import Source, builtin, inputs_of, source_of
from assay.training import Fit, InitialValues

__all__ = ["EDGES", "FLAT", "catalog", "curve", "layers"]

FLAT = 0.05
"""A derivative smaller than this counts as saturated."""

EDGES = np.linspace(-8, 8, 65)
"""Edges of the histogram bins of pre-activations."""

_DEAD = 1e-6  # a derivative smaller than this passes no gradient
_MOST_ROWS = 1024  # rows that are measured
_MOST_POINTS = 4001

_SNIPPET = """\
import assay
import numpy as np

hidden = [assay.Dense(32), assay.Sigmoid()] * 3
fit = assay.Fit.on("digits", model=hidden, optimizer=assay.SGD(0.1), num_epochs=10)
fit.run()

x = fit.activations("dense1")  # pre-activations of one batch
slope = assay.nn.derivative("sigmoid")(x)
print(f"x from {x.min():.2f} to {x.max():.2f}")
print(f"saturated: {np.mean(np.abs(slope) < 0.05):.1%}")

for layer, gradients in fit.gradients().items():
    if gradients:
        print(f"{layer:8} gradient {np.abs(gradients['kernel']).mean():.2e}")
"""

LESSON = lesson(
    Lesson(
        unit="activations",
        title="An activation decides which changes reach the layers below",
        paragraphs=(
            "A unit adds up its weighted inputs to x and passes f(x) on. Training "
            "sends the gradient back through the same unit, multiplied by f′(x). "
            "Where the curve is flat, f′(x) is close to 0 and little gets through: "
            "the unit is saturated.",
            "The bars show which x really occur in a hidden layer, for every row and "
            "every unit. Move the epoch to see them drift during training.",
            "Sigmoid and tanh flatten on both sides, so gradients vanish in deep "
            "networks. ReLU is flat only below 0, but a unit that is below 0 for "
            "every row is dead. Leaky ReLU keeps a small slope there; parametric "
            "ReLU learns it.",
        ),
        snippet=_SNIPPET,
    )
)


class CatalogBody(BaseModel):
    """The question for all activations, which has no settings."""


class CurveBody(BaseModel):
    """The question for the curve of an activation.

    Args:
        name: name of the activation.
        hyperparameters: values that replace the defaults, including learned ones.
        low: first x.
        high: last x.
        step: distance between two values of x.
    """

    name: str = "sigmoid"
    hyperparameters: dict[str, float] = {}
    low: float = -8.0
    high: float = 8.0
    step: Annotated[float, Field(gt=0)] = 0.05


class LayersBody(BaseModel):
    """The question for the pre-activations of a network during training.

    Args:
        run: name of a finished run; "" for digits.
        activation: activation of all hidden layers; ignored for a run.
        num_layers: number of hidden layers of 32 units; ignored for a run.
        learning_rate: learning rate of gradient descent; ignored for a run.
        num_epochs: number of epochs to train; ignored for a run.
        seed: seed of the initial values and the batch order.
    """

    run: str = ""
    activation: str = "sigmoid"
    num_layers: Annotated[int, Field(ge=1, le=6)] = 3
    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 0.1
    num_epochs: Annotated[int, Field(ge=0, le=20)] = 10
    seed: Annotated[int, Field(ge=0)] = 0


@answers("activations", "catalog")
def catalog(body: CatalogBody) -> dict[str, Any]:
    """Return the name, formula, advice and properties of every activation."""
    rows = []
    for name, member in nn.ACTIVATIONS.items():
        summary, *advice = _paragraphs(member.declaration)
        rows.append(
            {
                "name": name,
                "class": member.declaration.__name__,
                "formula": member.formula,
                "summary": summary,
                "advice": " ".join(advice),
                "hyperparameters": member.hyperparameters,
                "learned": dict(member.learned),
                "saturates": member.saturates,
                "elementwise": member.elementwise,
                "initializer": member.initializer,
                "gain": member.gain,
                **_sample(name),
            }
        )
    return {"activations": rows, "flat": FLAT}


def _sample(name: str) -> dict[str, Any]:
    """Return a coarse curve from -4 to 4, for a small picture."""
    shown = curve(CurveBody(name=name))
    return {key: shown[key][80:241:5] for key in ("x", "y", "derivative")}


def _paragraphs(declaration: type[spec.Activation]) -> list[str]:
    """Return the paragraphs of a docstring before its sections."""
    text = inspect.cleandoc(declaration.__doc__ or "")
    blocks = [" ".join(block.split()) for block in text.split("\n\n")]
    heads = ("Args:", "Example:", "References:")
    return [block for block in blocks if not block.startswith(heads)]


@answers("activations", "curve")
def curve(body: CurveBody) -> dict[str, Any]:
    """Return x, f(x) and f'(x), and where the curve is flat.

    Softmax depends on several inputs. Its curve shows the first of three outputs while
    the other two inputs are 0.
    """
    member = nn.ACTIVATIONS.find(body.name)
    values = {**member.hyperparameters, **member.learned}
    unknown = set(body.hyperparameters) - set(values)
    if unknown:
        known = ", ".join(values) or "no hyperparameters"
        raise InputError(f"{body.name} has {known}, but got {', '.join(unknown)}.")
    values |= body.hyperparameters
    x = _points(body)
    every = {n: {**m.hyperparameters, **m.learned} for n, m in nn.ACTIVATIONS.items()}
    curves = _curves()(jnp.asarray(x, jnp.float32), every | {body.name: values})
    y, slope = map(np.asarray, curves[body.name])
    return {
        "name": body.name,
        "formula": member.formula,
        "hyperparameters": values,
        "x": x,
        "y": y,
        "derivative": slope,
        "flat": [list(zone) for zone in _zones(x, np.abs(slope) < FLAT)],
    }


def _points(body: CurveBody) -> np.ndarray:
    """Return evenly spaced values of x, rounded so that 0 is exactly 0."""
    count = round((body.high - body.low) / body.step) + 1
    if not 2 <= count <= _MOST_POINTS:
        rule = f"2 <= (high - low) / step + 1 <= {_MOST_POINTS}"
        raise InputError(fault(rule, "step", body.step, "Use 0.05."))
    return np.round(np.linspace(body.low, body.high, count), 6)


@cache
def _curves() -> Any:
    """Return a compiled function of (x, values) that evaluates every activation.

    Compiling all of them together takes about as long as compiling one.
    """

    def evaluate(x: jax.Array, values: dict[str, Any]) -> dict[str, Any]:
        members = nn.ACTIVATIONS.items()
        return {name: _evaluate(one, x, values[name]) for name, one in members}

    jitted: Any = jax.jit
    return jitted(evaluate)


def _evaluate(
    member: nn.Activation, x: jax.Array, values: dict[str, Any]
) -> tuple[jax.Array, jax.Array]:
    """Return f(x) and f'(x) with respect to the same input."""
    derivative = nn.derivative(member.name)
    if member.elementwise:
        return member.function(x, **values), derivative(x, **values)
    inputs = jnp.zeros((len(x), 3)).at[:, 0].set(x)
    y, jacobian = member.function(inputs, **values), derivative(inputs, **values)
    return y[:, 0], jacobian[:, 0, 0]


def _zones(x: np.ndarray, marked: np.ndarray) -> Iterator[tuple[float, float]]:
    """Yield the first and last x of each series of marked points."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(int), [0]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield float(x[start]), float(x[stop - 1])


@answers("activations", "layers")
def layers(body: LayersBody) -> dict[str, Any]:
    """Return the pre-activations of each activation layer, before and after training.

    Without a run, there is one snapshot per epoch. With a run, the first snapshot shows
    fresh initial values and the second one the trained model.
    """
    if body.run:
        return _of_run(source_of(body.run), seed=body.seed)
    nn.ACTIVATIONS.find(body.activation)
    return _of_digits(body.model_dump_json())


@lru_cache(maxsize=64)
def _of_digits(question: str) -> dict[str, Any]:
    body = LayersBody.model_validate_json(question)
    source = builtin()
    hidden = [spec.Dense(32), spec.Layer.read(body.activation)] * body.num_layers
    training = source.training.model_copy(
        update={
            "model": tuple(hidden),
            "optimizer": spec.SGD(body.learning_rate),
            "num_epochs": max(body.num_epochs, 1),
        }
    )
    fit = source.fit(training, seed=body.seed)
    snapshots = [_snapshot(source, fit, 0)]
    for epoch in range(1, body.num_epochs + 1):
        fit.advance(epochs=1)
        snapshots.append(_snapshot(source, fit, epoch))
    return _answer(source, snapshots, fit.diverged_at)


def _of_run(source: Source, *, seed: int) -> dict[str, Any]:
    assert source.model is not None
    fresh = source.fit(seed=seed)
    learned = source.model.members[0]
    trained = source.fit(seed=seed)
    values = InitialValues(learned.parameters, learned.statistics)
    trained.state = trained.program.initialize(seed, trained.hyperparameters, values)
    snapshots = [_snapshot(source, fresh, 0), _snapshot(source, trained, None)]
    if not snapshots[0]["layers"]:
        raise InputError(
            f"The network of {source.name} has no activation layers. Choose another "
            "run."
        )
    return _answer(source, snapshots, None)


def _answer(
    source: Source, snapshots: list[dict[str, Any]], diverged_at: int | None
) -> dict[str, Any]:
    return {
        "source": source.name,
        "edges": EDGES,
        "flat": FLAT,
        "num_rows": min(len(source.train[1]), _MOST_ROWS),
        "snapshots": snapshots,
        "diverged_at": diverged_at,
    }


def _snapshot(source: Source, fit: Fit, epoch: int | None) -> dict[str, Any]:
    """Return the measurements of all activation layers at the current iteration."""
    fitted: Any = fit.last()
    network = fit.program.network
    inputs, lengths = inputs_of(source.train, _MOST_ROWS)
    batch: Any = inputs
    if lengths is not None:
        batch = {"values": inputs, "lengths": lengths}
    values: Any = fit.hyperparameters.model
    _, outputs = network.record(fitted.parameters, fitted.statistics, values, batch)
    outputs = {name: np.asarray(output) for name, output in outputs.items()}
    gradients = fit.probe()["gradients"]
    rows = []
    for name, previous in zip(network.names, (None, *network.names), strict=False):
        kind = network.model.layer(name).kind
        if kind not in nn.ACTIVATIONS:
            continue
        x = inputs if previous is None else outputs[previous]
        learned = {**values.get(name, {}), **fitted.parameters.get(name, {})}
        rows.append(
            {
                "layer": name,
                "activation": kind,
                **_measure(nn.ACTIVATIONS[kind], x, learned),
                "gradient": float(np.sqrt(np.mean(np.square(gradients[name])))),
            }
        )
    return {"epoch": epoch, "iteration": fitted.iteration, "layers": rows}


def _measure(
    member: nn.Activation, x: np.ndarray, values: dict[str, Any]
) -> dict[str, Any]:
    """Return the histogram of pre-activations and the shares of dead units and values.

    Args:
        member: the activation.
        x: pre-activations (n, ..., units).
        values: hyperparameters and learned parameters of the layer.
    """
    slope = np.abs(np.asarray(nn.derivative(member.name)(jnp.asarray(x), **values)))
    if not member.elementwise:  # how each output depends on its own input
        slope = np.diagonal(slope, axis1=-2, axis2=-1)
    by_unit = slope.reshape(-1, slope.shape[-1])
    finite = x[np.isfinite(x)]
    return {
        "counts": np.histogram(finite, EDGES)[0],
        "below": int((finite < EDGES[0]).sum()),
        "above": int((finite > EDGES[-1]).sum()),
        "num_not_finite": int(x.size - finite.size),
        "num_values": x.size,
        "num_units": by_unit.shape[1],
        "num_dead": int((by_unit < _DEAD).all(axis=0).sum()),
        "saturated": float((slope < FLAT).mean()),
        "mean_slope": float(slope.mean()),
        "mean": float(finite.mean()) if finite.size else None,
        "spread": float(finite.std()) if finite.size else None,
    }
