"""X-rays of layers that add, remove or repeat rows."""

import itertools
import math
from typing import Any

import numpy as np

from assay import spec
from assay.nn.xray._calculation import Calculation, Position, constant, product
from assay.nn.xray._layer_pass import LayerPass
from assay.nn.xray._registry import xrays

__all__: list[str] = []


@xrays(spec.ZeroPadding, spec.Cropping)
def _moved_rows(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    layer: Any = layer_pass.layer
    *place, channel = at
    source = [p - before for p, (before, _) in zip(place, layer.rows, strict=True)]
    space = list(layer_pass.x.shape[1:-1])
    space[0] = min(space[0], layer_pass.num_steps(row))
    inside = all(0 <= p < size for p, size in zip(source, space, strict=True))
    formula = spec.Layer.members[layer.kind].formula
    if not inside:
        return Calculation(formula, (constant(0.0, what="padding"),))
    where = (*source, channel)
    details = {"source": list(where)}
    term = product(layer_pass.x[row][where], source=where)
    return Calculation(formula, (term,), details=details)


@xrays(spec.Upsampling)
def _upsampling(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    layer: Any = layer_pass.layer
    *place, channel = at
    x = layer_pass.x[row]
    space = list(x.shape[:-1])
    if layer.linear:  # the last real step is repeated
        space[0] = max(min(space[0], layer_pass.num_steps(row)), 1)
    sides = [
        _neighbors(p, s, size, linear=layer.linear)
        for p, s, size in zip(place, layer.factor, space, strict=True)
    ]
    terms = []
    for corner in itertools.product(*sides):
        weight = math.prod(share for _, share in corner)
        where = (*(index for index, _ in corner), channel)
        factors = (x[where],) if weight == 1 else (x[where], weight)
        terms.append(product(*factors, source=where))
    # Each interpolation rounds differences between neighbors.
    largest = max(abs(float(x[term.source])) for term in terms)
    return Calculation(spec.Upsampling.formula, tuple(terms), magnitude=largest)


def _neighbors(
    place: int, factor: int, size: int, *, linear: bool
) -> list[tuple[int, float]]:
    """Return the input rows that an output row depends on, and their weights."""
    if not linear:
        return [(place // factor, 1.0)]
    center = (place + 0.5) / factor - 0.5
    low = math.floor(center)
    share = center - low
    first, second = np.clip([low, low + 1], 0, size - 1).tolist()
    if share == 0 or first == second:
        return [(first, 1.0)]
    return [(first, 1 - share), (second, share)]
