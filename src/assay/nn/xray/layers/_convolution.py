"""X-rays of convolutions, showing the window and its products."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from assay import spec
from assay.nn._window_geometry import WindowGeometry
from assay.nn.xray._calculation import Calculation, Position, Term, product
from assay.nn.xray._layer_pass import LayerPass
from assay.nn.xray._registry import xrays
from assay.nn.xray.layers._dense import bias_term

__all__ = ["window_at"]


def window_at(place: Position, window: WindowGeometry) -> dict[str, list[int]]:
    """Return the first and last row of the window along each axis of the input."""
    axes = zip(
        place, window.stride, window.padding, window.dilation, window.size, strict=True
    )
    first, last = [], []
    for p, step, (before, _), dilation, size in axes:
        first.append(p * step - before)
        last.append(first[-1] + dilation * (size - 1))
    return {"from": first, "to": last}


@xrays(spec.Convolution, spec.DepthwiseConvolution)
def _convolution(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    *place, filter_ = at
    layer: Any = layer_pass.layer
    window: WindowGeometry = layer.window
    reach = window_at(tuple(place), window)
    start = reach["from"]
    x, kernel = layer_pass.inputs(row), layer_pass.weights("kernel")
    inputs = kernel.shape[-2]
    first = filter_ // (layer.filters // layer.groups) * inputs

    def products() -> Iterator[Term]:
        for tap in np.ndindex(*window.size):
            where = np.add(start, np.multiply(window.dilation, tap))
            real = bool(np.all((where >= 0) & (where < window.space)))
            for c in range(inputs):
                source = (*where, first + c)
                yield product(
                    x[source] if real else 0.0,
                    kernel[(*tap, c, filter_)],
                    what="input" if real else "padding",
                    source=source if real else None,
                )

    bias = bias_term(layer_pass, filter_)
    formula = "y[p, k] = " + ("b[k] + " if bias else "")
    formula += "sum over t, c of x[S p + dilation t - P, c] W[t, c, k]"
    details = {
        "window": {
            **reach,
            "stride": list(window.stride),
            "padding": [before for before, _ in window.padding],
            "dilation": list(window.dilation),
            "channels": [first, first + inputs - 1],
        }
    }
    return Calculation(formula, (*products(), *bias), details=details)


@xrays(spec.TransposedConvolution)
def _transposed(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    *place, filter_ = at
    layer: Any = layer_pass.layer
    x, kernel = layer_pass.inputs(row), layer_pass.weights("kernel")
    inputs = kernel.shape[-1] // layer.groups
    group, output = divmod(filter_, layer.filters // layer.groups)
    cut = [before for before, _ in layer.padding]

    def products() -> Iterator[Term]:
        for tap in np.ndindex(*layer.size):
            reached = np.add(place, cut) - np.multiply(layer.dilation, tap)
            where, rest = np.divmod(reached, layer.stride)
            if np.any(rest) or np.any((where < 0) | (where >= layer.space)):
                continue
            for c in range(group * inputs, (group + 1) * inputs):
                weight = kernel[(*tap, output, c)]
                yield product(x[(*where, c)], weight, source=(*where, c))

    bias = bias_term(layer_pass, filter_)
    formula = "y[q, k] = " + ("b[k] + " if bias else "")
    formula += "sum over p, t, c with S p + dilation t = q + P of x[p, c] W[t, k, c]"
    return Calculation(formula, (*products(), *bias))
