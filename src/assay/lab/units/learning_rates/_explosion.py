"""Finds the iteration at which the cost explodes and the update that caused it."""

import math
from typing import Any

import numpy as np

from assay.training import Fit

__all__ = ["explain", "explosion"]

_EXPLODED = 3.0  # minimum increase in the cost, as a multiple of the first cost


def explosion(fit: Fit) -> int | None:
    """Return the first iteration whose cost is not finite or has exploded, if any."""
    cost = np.asarray(fit.history.iterations["cost"], np.float64)
    bad = ~np.isfinite(cost) | (cost > cost[0] + _EXPLODED * abs(cost[0]))
    return int(np.argmax(bad)) if bad.any() else None


def explain(index: int, fit: Fit, again: Fit) -> dict[str, Any]:
    """Return details of the update that preceded the explosion of the cost.

    Args:
        index: iteration whose cost exploded.
        fit: the complete fit.
        again: an identical fit that has not started.
    """
    cost = fit.history.iterations["cost"]
    if index > 1:
        again.advance(iterations=index - 1)
    before, probed = again.last(), again.probe()
    again.advance(iterations=1)
    after, next_probed = again.last(), again.probe()
    layers = _updates(before.parameters, after.parameters)
    gradients = probed["parameter_gradients"]
    for layer in layers:
        layer["gradient_norm"] = _norm(gradients.get(layer["layer"], {}))
    largest = max(layers, key=lambda layer: layer["ratio"] or math.inf)
    outputs = next_probed["values"]
    names = [n for n in again.program.network.names if n in outputs]
    broken = [n for n in names if not np.isfinite(outputs[n]).all()]
    return {
        "iteration": index,
        "cost": float(cost[index]),
        "first_cost": float(cost[0]),
        "cost_before": float(cost[index - 1]) if index else None,
        "not_finite": not math.isfinite(float(cost[index])),
        "largest": largest,
        "first_layer_not_finite": broken[0] if broken else None,
        "layers": layers,
    }


def _updates(before: Any, after: Any) -> list[dict[str, Any]]:
    """Return the norms of each layer's parameters and updates."""
    rows = []
    for name, arrays in before.items():
        if not arrays:
            continue
        change = {key: after[name][key] - array for key, array in arrays.items()}
        length, step = _norm(arrays), _norm(change)
        ratio = step / length if length else math.inf
        rows.append({"layer": name, "norm": length, "update": step, "ratio": ratio})
    return rows


def _norm(arrays: Any) -> float:
    squares = [np.square(np.asarray(array, np.float64)) for array in arrays.values()]
    return math.sqrt(sum(float(square.sum()) for square in squares))
