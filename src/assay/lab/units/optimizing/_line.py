"""The paths of optimizers that fit a model with two weights to real data."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import costs
from assay._seeds import generator
from assay.data import Preparation, load, split
from assay.lab.units._registry import Body, handles
from assay.lab.units.fitting._walk import walk
from assay.lab.units.optimizing._racers import Racer, Racers, heights, path_data

__all__ = ["LineBody", "line"]

_COLUMNS = ("s1", "s2")  # two highly correlated blood measurements in `diabetes`

_WINDOW = ((-2.0, 2.4), (-2.2, 2.2))  # plotted ranges of the weights


class LineBody(Body):
    """Request for the paths of optimizers that fit a model with two weights.

    Args:
        start: initial weights.
        racers: the optimizers with their batch sizes.
        num_iterations: number of updates.
        seed: seed for the batch order.
    """

    start: tuple[float, float] = (-1.7, 0.5)
    racers: Racers = []
    num_iterations: Annotated[int, Field(ge=1, le=400)] = 60
    seed: Annotated[int, Field(ge=0)] = 0


@handles("optimizers", "line")
def line(body: LineBody) -> dict[str, Any]:
    """Return the cost surface of a model with two weights, and the optimizers' paths.

    The model is target = w1 s1 + w2 s2 + b on the training set of `diabetes`. The
    values are standardized, so the best b is 0. The plotted heights are the costs
    for this b.
    """
    inputs, targets = _two_columns()

    def race(racer: Racer) -> dict[str, Any]:
        optimizer, rows = racer.spec(), _batches(racer, body)
        walked = walk(optimizer, _line_cost, (*body.start, 0.0), changing=rows)
        return {
            "batch_size": racer.batch_size,
            "updates_per_epoch": -(-len(targets) // _size(racer)),
            **path_data(optimizer, walked),
        }

    with ThreadPoolExecutor() as threads:
        paths = list(threads.map(race, body.racers))
    rows = {"inputs": inputs, "targets": targets, "weights": np.ones(len(targets))}
    everything = {name: jnp.asarray(array, jnp.float32) for name, array in rows.items()}
    best = np.linalg.lstsq(inputs, targets, rcond=None)[0]

    def height(point: jax.Array) -> jax.Array:
        return _line_cost(jnp.append(point, 0), everything)

    return {
        "columns": _COLUMNS,
        "num_rows": len(targets),
        "start": body.start,
        "minima": [best],
        **heights(height, _WINDOW),
        "paths": paths,
    }


@lru_cache(maxsize=1)
def _two_columns() -> tuple[np.ndarray, np.ndarray]:
    """Return two standardized columns (n, 2) of `diabetes` and the target (n,)."""
    dataset = load("diabetes")
    ignored = [c.name for c in dataset.columns if c.name not in _COLUMNS]
    dataset = load("diabetes", ignore=ignored)
    rows = split(dataset, seed=0).train
    preparation = Preparation.fit(dataset, rows)
    inputs = np.asarray(preparation.transform(dataset, rows))
    return inputs, preparation.targets(dataset, rows)


def _line_cost(point: jax.Array, rows: Any) -> jax.Array:
    """Return the cost of a batch at the point (w1, w2, b)."""
    outputs = rows["inputs"] @ point[:2, None] + point[2]
    loss = costs.get("squared_error")
    return costs.cost(loss, outputs, rows["targets"], weights=rows["weights"])


def _size(racer: Racer) -> int:
    return len(_two_columns()[1]) if racer.batch_size == "all" else racer.batch_size


def _batches(racer: Racer, body: LineBody) -> dict[str, np.ndarray]:
    """Return the rows of each iteration's batch, in training order.

    The last batch of an epoch may be smaller; it is padded with rows of weight 0.
    """
    inputs, targets = _two_columns()
    count, size = len(targets), min(_size(racer), len(targets))
    per_epoch = -(-count // size)
    num_epochs = -(-(body.num_iterations + 1) // per_epoch)
    orders = np.zeros((num_epochs, per_epoch * size), np.int64)
    for epoch in range(num_epochs):
        orders[epoch, :count] = generator(body.seed, "order", epoch).permutation(count)
    weights = np.zeros(orders.shape, np.float32)
    weights[:, :count] = 1
    rows = orders.reshape(-1, size)[: body.num_iterations + 1]
    weights = weights.reshape(-1, size)[: body.num_iterations + 1]
    return {"inputs": inputs[rows], "targets": targets[rows], "weights": weights}
