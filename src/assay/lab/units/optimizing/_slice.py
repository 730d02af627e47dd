"""A slice of a network's cost, and the paths of optimizers on it."""

from functools import lru_cache
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from assay import spec
from assay._errors import InputError
from assay.lab.units._registry import Body, handles
from assay.lab.units.fitting._paths import Path, Plane, cost_of_points, follow
from assay.lab.units.fitting._sources import Source, source_of
from assay.lab.units.optimizing._racers import Racer
from assay.training import Fit

__all__ = ["PathBody", "SliceBody", "path", "slice_of"]

_SLICE = 27  # number of grid points along each side of a slice


class SliceBody(Body):
    """Request for a slice of a network's cost.

    The slice is a plane through the common starting point and the end points of two
    fits, one with mini-batch gradient descent and one with Adam.

    Args:
        run: name of a finished run whose data and network are used; "" for digits.
        num_iterations: number of updates.
        seed: seed for the initial values and the batch order.
    """

    run: str = ""
    num_iterations: Annotated[int, Field(ge=1, le=200)] = 100
    seed: Annotated[int, Field(ge=0)] = 0


class PathBody(SliceBody):
    """Request for the path of an optimizer on a slice.

    Args:
        racer: the optimizer.
    """

    racer: Racer = Racer()


@handles("optimizers", "slice")
def slice_of(body: SliceBody) -> dict[str, Any]:
    """Return a network's cost on a plane through three points in parameter space.

    The plane cannot show directions outside it. A path that seems to climb in the plane
    may descend along such a direction.
    """
    source = source_of(body.run)
    fit, plane, anchors = _plane(source, body.num_iterations, body.seed)
    places = np.concatenate([plane.project(anchor.points) for anchor in anchors])
    low, high = places.min(axis=0), places.max(axis=0)
    margin = 0.4 * max((high - low).max(), 1e-6)
    x, y = (np.linspace(low[i] - margin, high[i] + margin, _SLICE) for i in (0, 1))
    coordinates = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    heights = cost_of_points(fit, plane.points(coordinates))
    return {
        "source": source.name,
        "num_parameters": fit.program.network.num_parameters,
        "num_rows": min(len(source.train[1]), 512),
        "x": x,
        "y": y,
        "heights": heights.reshape(_SLICE, _SLICE),
        "ends": [plane.project(anchor.points[-1:])[0] for anchor in anchors],
    }


@handles("optimizers", "path")
def path(body: PathBody) -> dict[str, Any]:
    """Return the path of an optimizer, projected onto the slice."""
    source = source_of(body.run)
    fit, plane, _ = _plane(source, body.num_iterations, body.seed)
    optimizer = body.racer.spec()
    followed = _follow(source, body.racer, body.num_iterations, body.seed)
    points = followed.points
    steps = np.linalg.norm(np.diff(points, axis=0), axis=1)
    return {
        "optimizer": optimizer.kind,
        "batch_size": body.racer.batch_size,
        "formula": optimizer.formula,
        "hyperparameters": optimizer.traced(),
        "points": plane.project(points),
        "share": plane.share(points[-1]),
        "costs": followed.costs,
        "cost_of_train": cost_of_points(fit, points),
        "gradient_norms": followed.gradient_norms,
        "step_lengths": steps,
        "memory": followed.memory,
        "diverged_at": followed.diverged_at,
    }


_ANCHORS = (Racer(optimizer="sgd"), Racer(optimizer="adam", learning_rate=0.003))


@lru_cache(maxsize=4)
def _plane(
    source: Source, num_iterations: int, seed: int
) -> tuple[Fit, Plane, list[Path]]:
    """Return a fit, the plane of the slice and the two paths that span it."""
    fit = source.fit(_training(source, _ANCHORS[0]), seed=seed)
    anchors = [_follow(source, one, num_iterations, seed) for one in _ANCHORS]
    ends = [anchor.points[-1] for anchor in anchors]
    if not all(np.isfinite(end).all() for end in ends):
        raise InputError(
            f"Training on {source.name} diverged, so its cost surface cannot be shown. "
            "Choose another run or another seed."
        )
    return fit, Plane.through(anchors[0].points[0], *ends), anchors


def _follow(source: Source, racer: Racer, num_iterations: int, seed: int) -> Path:
    return _followed(source, racer.model_dump_json(), num_iterations, seed)


@lru_cache(maxsize=16)
def _followed(source: Source, racer: str, num_iterations: int, seed: int) -> Path:
    training = _training(source, Racer.model_validate_json(racer))
    data = source.training_data()
    fit = data.fit(
        training, seed=seed, num_iterations=num_iterations, measure_epochs=False
    )
    return follow(fit, num_iterations)


def _training(source: Source, racer: Racer) -> spec.Training:
    return source.settings(
        optimizer=racer.spec(),
        schedule=spec.Constant(),
        batch_size=racer.batch_size,
    )
