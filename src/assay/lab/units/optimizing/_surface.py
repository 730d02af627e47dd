"""The paths of optimizers over a surface."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Annotated, Any

import numpy as np
from pydantic import Field

from assay.lab.units._registry import Body, handles
from assay.lab.units.fitting._walk import Function, best_walk, walk
from assay.lab.units.optimizing._racers import Racer, Racers, heights, path_data
from assay.tuning import get_surface

__all__ = ["SurfaceBody", "surface"]


class SurfaceBody(Body):
    """Request for the paths of optimizers over a surface.

    Args:
        surface: name of the surface.
        start: starting point; None for the default of the surface.
        racers: the optimizers.
        num_iterations: number of updates.
    """

    surface: str = "bowl"
    start: tuple[float, float] | None = None
    racers: Racers = []
    num_iterations: Annotated[int, Field(ge=1, le=400)] = 80


@handles("optimizers", "surface")
def surface(body: SurfaceBody) -> dict[str, Any]:
    """Return the heights of a surface and the path of each optimizer over it."""
    member = get_surface(body.surface)
    start = body.start or member.start
    function = _on_surface(body.surface)
    changing = np.zeros(body.num_iterations + 1, np.float32)

    def race(racer: Racer) -> dict[str, Any]:
        optimizer = racer.spec()
        if racer.learning_rate is not None:
            return path_data(
                optimizer, walk(optimizer, function, start, changing=changing)
            )
        rate, walked = best_walk(optimizer, function, start, changing=changing)
        best = optimizer.model_copy(update={"learning_rate": rate})
        return path_data(best, walked)

    with ThreadPoolExecutor() as threads:  # threads compile in parallel
        paths = list(threads.map(race, body.racers))
    return {
        "surface": body.surface,
        "formula": member.formula,
        "start": start,
        "minima": member.minima,
        "least": member.least,
        **heights(member.function, member.window),
        "paths": paths,
    }


@lru_cache(maxsize=8)
def _on_surface(name: str) -> Function:
    """Return a surface as a function of a point and an ignored second argument."""
    member = get_surface(name)
    return lambda point, _: member.function(point)
