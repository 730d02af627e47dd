"""X-rays of layers that only rearrange numbers, and of residual blocks."""

import math
from typing import Any

import numpy as np

from assay import spec
from assay.nn.xray._calculation import Calculation, Line, Position, constant, product
from assay.nn.xray._layer_pass import LayerPass
from assay.nn.xray._registry import xrays

__all__: list[str] = []


def _moved(
    layer_pass: LayerPass,
    row: int,
    source: tuple[Any, ...],
    formula: str,
    *,
    fills: bool,
) -> Calculation:
    padded = fills and source[0] >= layer_pass.num_steps(row)
    value = 0.0 if padded else layer_pass.x[row][source]
    what = "padding" if padded else "input"
    details = {"source": [int(index) for index in source]}
    term = product(value, what=what, source=source)
    return Calculation(formula, (term,), details=details)


@xrays(spec.Input)
def _input(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    return _moved(layer_pass, row, at, spec.Input.formula, fills=False)


@xrays(spec.Flatten)
def _flatten(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    source = tuple(np.unravel_index(at[0], layer_pass.x.shape[1:]))
    formula = "y[i] = x[source], with the last axis varying fastest"
    return _moved(layer_pass, row, source, formula, fills=True)


@xrays(spec.Reshape)
def _reshape(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    flat = np.ravel_multi_index(at, layer_pass.layer.output_shape)
    source = tuple(np.unravel_index(int(flat), layer_pass.x.shape[1:]))
    same_steps = layer_pass.layer.output_shape[0] == layer_pass.x.shape[1]
    return _moved(layer_pass, row, source, spec.Reshape.formula, fills=not same_steps)


@xrays(spec.Residual)
def _residual(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    layer: Any = layer_pass.layer
    last = layer_pass.inner[layer.names[-1]]
    f_of_x = float(last.y[row][at])
    if layer.kernel is None:
        formula = "y = x + f(x)"
        shortcut = (product(layer_pass.x[row][at], source=at),)
    else:
        formula = "y = x W + f(x)"
        *place, unit = at
        steps = layer.stride or (1,) * len(place)
        where = tuple(np.multiply(place, steps).astype(int))
        kernel = layer_pass.weights("kernel").reshape(-1, layer.output_shape[-1])
        x = layer_pass.inputs(row, fill=None)[where]
        shortcut = tuple(
            product(value, kernel[c, unit], source=(*where, c))
            for c, value in enumerate(x)
        )
    shortcut_sum = math.fsum(term.value for term in shortcut)
    inside = constant(f_of_x, what=f"f(x), from {last.name}")
    details = {"branches": {"x": shortcut_sum, "f(x)": f_of_x, "from": last.name}}
    lines = () if layer.kernel is None else (Line.sum("x W", shortcut),)
    return Calculation(formula, (*shortcut, inside), lines=lines, details=details)
