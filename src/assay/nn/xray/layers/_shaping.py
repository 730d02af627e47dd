"""X-rays of what only moves numbers, and of the residual block's two branches."""

import math
from typing import Any

import numpy as np

from assay.nn.xray._member import Made, xrays
from assay.nn.xray._seen import Seen
from assay.nn.xray._terms import Line, constant, product

__all__: list[str] = []


def _moved(
    seen: Seen, row: int, source: tuple[Any, ...], formula: str, *, fills: bool
) -> Made:
    padded = fills and source[0] >= seen.num_steps(row)
    value = 0.0 if padded else seen.x[row][source]
    what = "padding" if padded else "input"
    details = {"source": [int(index) for index in source]}
    return Made(formula, (product(value, what=what, source=source),), details=details)


@xrays("input")
def _input(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    return _moved(seen, row, at, "y = x", fills=False)


@xrays("flatten")
def _flatten(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    source = tuple(np.unravel_index(at[0], seen.x.shape[1:]))
    formula = "y[i] = x[source], the last axis fastest"
    return _moved(seen, row, source, formula, fills=True)


@xrays("reshape")
def _reshape(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    flat = np.ravel_multi_index(at, seen.layer.output_shape)
    source = tuple(np.unravel_index(int(flat), seen.x.shape[1:]))
    same_steps = seen.layer.output_shape[0] == seen.x.shape[1]
    formula = "y.ravel() = x.ravel()"
    return _moved(seen, row, source, formula, fills=not same_steps)


@xrays("residual")
def _residual(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    layer: Any = seen.layer
    last = seen.inner[layer.names[-1]]
    made = float(last.y[row][at])
    if layer.kernel is None:
        formula = "y = x + f(x)"
        around = (product(seen.x[row][at], source=at),)
    else:
        formula = "y = x W + f(x)"
        *place, unit = at
        steps = layer.stride or (1,) * len(place)
        where = tuple(np.multiply(place, steps).astype(int))
        kernel = seen.weights("kernel").reshape(-1, layer.output_shape[-1])
        x = seen.inputs(row, fill=None)[where]
        around = tuple(
            product(value, kernel[c, unit], source=(*where, c))
            for c, value in enumerate(x)
        )
    past = math.fsum(term.value for term in around)
    inside = constant(made, what=f"f(x), from {last.name}")
    details = {"branches": {"x": past, "f(x)": made, "from": last.name}}
    lines = () if layer.kernel is None else (Line.sum("x W", around),)
    return Made(formula, (*around, inside), lines=lines, details=details)
