"""X-rays of activations and dropout, showing input, output, derivative and mask."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from assay import spec
from assay.nn.activations._activation import ACTIVATIONS, derivative
from assay.nn.layers._dropout import Dropout
from assay.nn.xray._calculation import Calculation, Line, Position, constant, product
from assay.nn.xray._layer_pass import LayerPass
from assay.nn.xray._registry import xrays

__all__ = ["dropout_mask"]


def _arguments(layer_pass: LayerPass, at: Position) -> dict[str, jax.Array]:
    """Return the hyperparameters and learned parameters that apply at a position."""
    activation = ACTIVATIONS[layer_pass.layer.kind]
    names = [*activation.hyperparameters, *activation.learned]
    values = {name: layer_pass.values(name) for name in names}
    return {
        name: jnp.float32(value[at[-1]] if value.ndim else value)
        for name, value in values.items()
    }


@xrays(spec.Activation)
def _elementwise(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    kind, arguments = layer_pass.layer.kind, _arguments(layer_pass, at)
    x = jnp.asarray(layer_pass.x[row][at], jnp.float32)
    y = float(ACTIVATIONS[kind].function(x, **arguments))
    slope = float(derivative(kind)(x, **arguments))
    details = {"input": float(x), "output": y, "derivative": slope}
    details |= {name: float(value) for name, value in arguments.items()}
    name = f"y[{', '.join(map(str, at))}]"
    return Calculation(
        f"y = {ACTIVATIONS[kind].formula}",
        (product(y, source=at),),
        result=Line(name, (product(x, source=at),), y, kind),
        details=details,
        # The forward pass evaluates the function at an input rounded to float32.
        magnitude=abs(float(x)) * abs(slope),
    )


def _exponentials(
    layer_pass: LayerPass, row: int, at: Position
) -> tuple[np.ndarray, Line]:
    """Return the inputs at a position, (units,), and the sum of exp(x - largest)."""
    place = at[:-1]
    x = np.asarray(layer_pass.x[row][place], np.float64)
    top = float(x.max())
    powers = tuple(
        product(np.exp(value - top), source=(*place, k)) for k, value in enumerate(x)
    )
    return x, Line.sum("total", powers)


@xrays(spec.Softmax)
def _softmax(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    unit = at[-1]
    x, total = _exponentials(layer_pass, row, at)
    top = float(x.max())
    term = product(total.terms[unit].value, 1 / total.value, source=at)
    y = term.value
    details = {
        "input": float(x[unit]),
        "largest_input": top,
        "output": y,
        "derivative": y * (1 - y),
    }
    formula = "y[j] = exp(x[j] - m) / sum over k of exp(x[k] - m), m = the largest x"
    return Calculation(
        formula,
        (term,),
        lines=(total,),
        details=details,
        # The rounding error of the largest exponent becomes a relative error of y.
        magnitude=y * float(np.abs(x - top).max()),
    )


@xrays(spec.LogSoftmax)
def _log_softmax(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    unit = at[-1]
    x, total = _exponentials(layer_pass, row, at)
    top = float(x.max())
    logarithm = float(np.log(total.value))
    terms = (
        product(x[unit], source=at),
        constant(-top, what="largest input"),
        constant(-logarithm, what="logarithm of the total"),
    )
    y = x[unit] - top - logarithm
    details = {
        "input": float(x[unit]),
        "largest_input": top,
        "output": float(y),
        "derivative": float(-np.expm1(y)),
    }
    formula = "y[j] = x[j] - m - log(sum over k of exp(x[k] - m)), m = the largest x"
    return Calculation(formula, terms, lines=(total,), details=details)


def dropout_mask(layer_pass: LayerPass) -> np.ndarray | None:
    """Return a mask of the kept values, (n, ...), or None during inference."""
    layer, key = layer_pass.layer, layer_pass.key
    if key is None or not isinstance(layer, Dropout):
        return None
    shape, first_row = layer_pass.x.shape, layer_pass.context.first_row
    return np.broadcast_to(layer.mask(key, shape, first_row=first_row), shape)


@xrays(spec.Dropout, spec.SpatialDropout)
def _dropout(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    x, rate = float(layer_pass.x[row][at]), float(layer_pass.values("rate"))
    mask = dropout_mask(layer_pass)
    details: dict[str, Any] = {"rate": rate, "dropped": False, "in_training": False}
    if mask is None:
        term = product(x, source=at)
        return Calculation("y = x during inference", (term,), details=details)
    m = bool(mask[row][at])
    details = {
        "rate": rate,
        "dropped": not m,
        "in_training": True,
        "kept_of_the_row": [int(mask[row].sum()), int(mask[row].size)],
    }
    term = product(x, m, 1 / (1 - rate), source=at)
    line = Line.sum("m", [constant(m, what="mask")])
    formula = "y = x m / (1 - rate)"
    return Calculation(formula, (term,), lines=(line,), details=details)
