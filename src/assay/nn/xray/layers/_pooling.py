"""X-rays of pooling layers, showing the window and its maximum or mean."""

import numpy as np

from assay import spec
from assay.nn._window_geometry import WindowGeometry
from assay.nn.xray._calculation import Calculation, Line, Position, Term, product
from assay.nn.xray._layer_pass import LayerPass
from assay.nn.xray._registry import xrays
from assay.nn.xray.layers._convolution import window_at

__all__: list[str] = []


def _name(at: Position) -> str:
    return f"y[{', '.join(map(str, at))}]"


def _largest(
    candidates: tuple[Term, ...], at: Position, formula: str, **details: object
) -> Calculation:
    if not candidates:
        return Calculation(formula, (), details=details)
    winner = max(candidates, key=lambda term: term.value)  # the first maximum
    result = Line(_name(at), candidates, winner.value, "max")
    details = {**details, "winner": list(winner.source or ())}
    return Calculation(formula, (winner,), result=result, details=details)


def _mean(
    values: tuple[Term, ...], at: Position, formula: str, **details: object
) -> Calculation:
    if not values:
        return Calculation(formula, (), details=details)
    terms = tuple(
        product(term.value, 1 / len(values), source=term.source) for term in values
    )
    total = Line.sum("", terms).value
    result = Line(_name(at), values, total, "mean")
    return Calculation(formula, terms, result=result, details=dict(details))


def _window(layer_pass: LayerPass, row: int, at: Position) -> tuple[Term, ...]:
    """Return the real inputs in the window and the counted padding, in order."""
    *place, channel = at
    window: WindowGeometry = layer_pass.layer.window  # type: ignore[attr-defined]
    if layer_pass.is_padding(row, at):
        return ()
    start = window_at(tuple(place), window)["from"]
    x, space = layer_pass.x[row], list(window.space)
    space[0] = min(space[0], layer_pass.num_steps(row))
    counts_padding = getattr(layer_pass.layer, "count_padding", False)
    low, high = np.transpose(window.padding)
    terms = []
    for tap in np.ndindex(*window.size):
        where = np.add(start, np.multiply(window.dilation, tap))
        if np.all((where >= 0) & (where < space)):
            terms.append(product(x[(*where, channel)], source=(*where, channel)))
        elif counts_padding and np.all((where >= -low) & (where < space + high)):
            terms.append(product(0.0, what="padding"))
    return tuple(terms)


def _window_rows(layer_pass: LayerPass, at: Position) -> dict[str, list[int]]:
    return window_at(at[:-1], layer_pass.layer.window)  # type: ignore[attr-defined]


@xrays(spec.MaxPool1D, spec.MaxPool2D, spec.MaxPool3D)
def _max_pool(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    terms, reach = _window(layer_pass, row, at), _window_rows(layer_pass, at)
    return _largest(terms, at, spec.MaxPool1D.formula, window=reach)


@xrays(spec.AveragePool1D, spec.AveragePool2D, spec.AveragePool3D)
def _average_pool(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    terms, reach = _window(layer_pass, row, at), _window_rows(layer_pass, at)
    return _mean(terms, at, spec.AveragePool1D.formula, window=reach)


def _everywhere(layer_pass: LayerPass, row: int, at: Position) -> tuple[Term, ...]:
    x = layer_pass.x[row][: layer_pass.num_steps(row)]
    positions = np.ndindex(*x.shape[:-1])
    return tuple(product(x[(*p, *at)], source=(*p, *at)) for p in positions)


@xrays(spec.GlobalMaxPool)
def _global_max_pool(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    return _largest(_everywhere(layer_pass, row, at), at, spec.GlobalMaxPool.formula)


@xrays(spec.GlobalAveragePool)
def _global_average_pool(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    return _mean(_everywhere(layer_pass, row, at), at, spec.GlobalAveragePool.formula)
