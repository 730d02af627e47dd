"""The optimizers in a race and their paths."""

from typing import Annotated, Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import spec
from assay.lab.units._registry import Body, handles
from assay.lab.units.fitting._catalog import entry
from assay.lab.units.fitting._walk import Walk
from assay.tuning import SURFACES

__all__ = ["CatalogBody", "Racer", "Racers", "catalog", "heights", "path_data"]


_jax: Any = jax  # parts of JAX are untyped

_GRID = 61  # number of grid points along each side of a surface


class Racer(Body):
    """An optimizer in a race.

    Args:
        optimizer: kind of optimizer.
        learning_rate: learning rate; None selects the best rate on a surface and the
            default rate elsewhere.
        batch_size: number of rows in a batch, or "all"; ignored on surfaces.
    """

    optimizer: str = "sgd"
    learning_rate: Annotated[float, Field(gt=0, le=1e6)] | None = None
    batch_size: Annotated[int, Field(ge=1)] | Literal["all"] = 32

    def spec(self) -> spec.Optimizer:
        """Return the spec of the optimizer with this learning rate."""
        member = spec.Training(optimizer=self.optimizer).optimizer
        if self.learning_rate is None:
            return member
        return member.model_copy(update={"learning_rate": self.learning_rate})


Racers = Annotated[list[Racer], Field(max_length=8)]


class CatalogBody(Body):
    """Request for a list of optimizers and surfaces. The request has no settings."""


@handles("optimizers", "catalog")
def catalog(body: CatalogBody) -> dict[str, Any]:
    """Return the optimizers with their formulas, and the surfaces."""
    rows = [
        {**entry(member), "hyperparameters": member.defaults()}
        for member in spec.Optimizer.members.values()
    ]
    surfaces = [
        {
            "name": name,
            "formula": one.formula,
            "start": one.start,
            "minima": one.minima,
            "least": one.least,
            "window": one.window,
        }
        for name, one in SURFACES.items()
    ]
    return {"optimizers": rows, "surfaces": surfaces}


def path_data(optimizer: spec.Optimizer, walked: Walk) -> dict[str, Any]:
    """Return an optimizer and its path as JSON values and arrays."""
    return {
        "optimizer": optimizer.kind,
        "formula": optimizer.formula,
        "hyperparameters": optimizer.traced(),
        **walked._asdict(),
    }


def heights(function: Any, window: Any) -> dict[str, Any]:
    """Return the values of a function on a grid over a rectangle."""
    (left, right), (low, high) = window
    x, y = np.linspace(left, right, _GRID), np.linspace(low, high, _GRID)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    values = _jax.vmap(function)(jnp.asarray(points, jnp.float32))
    return {"x": x, "y": y, "heights": np.asarray(values).reshape(_GRID, _GRID)}
