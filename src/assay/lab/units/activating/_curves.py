"""The activations and their curves."""

import inspect
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import nn, spec
from assay._errors import InputError
from assay.lab.units._registry import Body, handles
from assay.lab.units.fitting._catalog import entry
from assay.lab.units.fitting._grid import grid

__all__ = ["FLAT", "CatalogBody", "CurveBody", "catalog", "curve"]

FLAT = 0.05
"""A unit is considered saturated if its absolute derivative is below this value."""


class CatalogBody(Body):
    """Request for a list of all activations. The request has no settings."""


class CurveBody(Body):
    """Request for the curve of an activation.

    Args:
        name: name of the activation.
        hyperparameters: values of hyperparameters and learned parameters that replace
            the defaults.
        low: smallest x.
        high: largest x.
        step: distance between neighboring values of x.
    """

    name: str = "sigmoid"
    hyperparameters: dict[str, float] = {}
    low: float = -8.0
    high: float = 8.0
    step: Annotated[float, Field(gt=0)] = 0.05


@handles("activations", "catalog")
def catalog(body: CatalogBody) -> dict[str, Any]:
    """Return the name, formula, description and properties of each activation."""
    rows = []
    for name, member in nn.ACTIVATIONS.items():
        _, *advice = _paragraphs(member.declaration)
        rows.append(
            {
                **entry(member.declaration),
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
    """Return a coarse curve from -4 to 4 for a thumbnail."""
    shown = curve(CurveBody(name=name))
    return {key: shown[key][80:241:5] for key in ("x", "y", "derivative")}


def _paragraphs(declaration: type[spec.Activation]) -> list[str]:
    """Return the paragraphs of a docstring that precede its sections."""
    text = inspect.cleandoc(declaration.__doc__ or "")
    blocks = [" ".join(block.split()) for block in text.split("\n\n")]
    heads = ("Args:", "Example:", "References:")
    return [block for block in blocks if not block.startswith(heads)]


@handles("activations", "curve")
def curve(body: CurveBody) -> dict[str, Any]:
    """Return x, f(x), f'(x) and the ranges in which the curve is flat.

    Softmax has several inputs. Its curve shows the first of three outputs as a function
    of the first input, with the other two inputs set to 0.
    """
    member = nn.ACTIVATIONS.find(body.name)
    values = {**member.hyperparameters, **member.learned}
    unknown = set(body.hyperparameters) - set(values)
    if unknown:
        known = ", ".join(values) or "no hyperparameters"
        raise InputError(f"{body.name} has {known}, but got {', '.join(unknown)}.")
    values |= body.hyperparameters
    x = grid(body.low, body.high, body.step, most=4001, fix="Use 0.05.")
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


@cache
def _curves() -> Any:
    """Return a compiled function of (x, values) that evaluates every activation.

    Compiling all activations together takes about as long as compiling a single one.
    """

    def evaluate(x: jax.Array, values: dict[str, Any]) -> dict[str, Any]:
        members = nn.ACTIVATIONS.items()
        return {name: _evaluate(one, x, values[name]) for name, one in members}

    jitted: Any = jax.jit
    return jitted(evaluate)


def _evaluate(
    member: nn.Activation, x: jax.Array, values: dict[str, Any]
) -> tuple[jax.Array, jax.Array]:
    """Return f(x) and f'(x). If f has several inputs, only the first one varies."""
    derivative = nn.derivative(member.name)
    if member.elementwise:
        return member.function(x, **values), derivative(x, **values)
    inputs = jnp.zeros((len(x), 3)).at[:, 0].set(x)
    y, jacobian = member.function(inputs, **values), derivative(inputs, **values)
    return y[:, 0], jacobian[:, 0, 0]


def _zones(x: np.ndarray, marked: np.ndarray) -> Iterator[tuple[float, float]]:
    """Yield the first and last x of each contiguous group of marked points."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], marked.astype(int), [0]])))
    for start, stop in zip(edges[::2], edges[1::2], strict=True):
        yield float(x[start]), float(x[stop - 1])
