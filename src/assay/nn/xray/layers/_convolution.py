"""X-rays of convolutions: the window, and the products in it."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from assay.nn.xray._member import Made, xrays
from assay.nn.xray._seen import Seen
from assay.nn.xray._terms import Term, product
from assay.nn.xray.layers._dense import bias_term

__all__ = ["window_of"]

_RANKS = ("1d", "2d", "3d")


def window_of(sliding: Any, place: tuple[int, ...]) -> dict[str, list[int]]:
    """Return the first and last row of the window along each axis of the input."""
    axes = zip(
        place, sliding.stride, sliding.padding, sliding.dilation, sliding.size,
        strict=True,
    )  # fmt: skip
    first, last = [], []
    for p, step, (before, _), dilation, size in axes:
        first.append(p * step - before)
        last.append(first[-1] + dilation * (size - 1))
    return {"from": first, "to": last}


@xrays(*(f"{kind}{rank}" for kind in ("conv", "depthwise_conv") for rank in _RANKS))
def _convolution(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    *place, filter_ = at
    layer: Any = seen.layer
    window = layer.sliding
    start = window_of(window, tuple(place))["from"]
    x, kernel = seen.inputs(row), seen.weights("kernel")
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

    bias = bias_term(seen, filter_)
    formula = "y[p, k] = " + ("b[k] + " if bias else "")
    formula += "sum over t, c of x[S p + dilation t - P, c] W[t, c, k]"
    details = {
        "window": {
            **window_of(window, tuple(place)),
            "stride": list(window.stride),
            "padding": [before for before, _ in window.padding],
            "dilation": list(window.dilation),
            "channels": [first, first + inputs - 1],
        }
    }
    return Made(formula, (*products(), *bias), details=details)


@xrays(*(f"conv_transpose{rank}" for rank in _RANKS))
def _transposed(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    *place, filter_ = at
    layer: Any = seen.layer
    x, kernel = seen.inputs(row), seen.weights("kernel")
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

    bias = bias_term(seen, filter_)
    formula = "y[q, k] = " + ("b[k] + " if bias else "")
    formula += "sum over p, t, c with S p + dilation t = q + P of x[p, c] W[t, k, c]"
    return Made(formula, (*products(), *bias))
