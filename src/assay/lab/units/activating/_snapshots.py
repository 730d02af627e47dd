"""Measures the pre-activations of a fit's activation layers."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from assay import nn
from assay.lab.units.activating._curves import FLAT
from assay.lab.units.fitting._sources import Source, inputs_of
from assay.nn import ops
from assay.training import Fit

__all__ = ["EDGES", "MOST_ROWS", "snapshot"]

EDGES = np.linspace(-8, 8, 65)
"""Bin edges of the pre-activation histograms."""

MOST_ROWS = 1024
"""Maximum number of training rows to measure."""

_DEAD = 1e-6  # units with smaller derivatives receive almost no gradient


def snapshot(source: Source, fit: Fit, epoch: int | None) -> dict[str, Any]:
    """Return the measurements of all activation layers at the current iteration."""
    fitted: Any = fit.last()
    network = fit.program.network
    inputs, _ = inputs_of(source.train, MOST_ROWS)
    batch = jax.tree.map(lambda array: array[:MOST_ROWS], source.train[0])
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
    """Return a histogram of pre-activations, and count dead units and saturated values.

    Args:
        member: the activation.
        x: pre-activations (n, ..., units).
        values: hyperparameters and learned parameters of the layer.
    """
    values = {
        name: ops.along_last_axis(value, x) if np.ndim(value) else value
        for name, value in values.items()
    }
    slope = np.abs(np.asarray(nn.derivative(member.name)(jnp.asarray(x), **values)))
    if not member.elementwise:  # use only the diagonal of the Jacobian
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
