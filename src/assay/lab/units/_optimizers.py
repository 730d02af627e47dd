"""Unit 7, optimizers: races on surfaces, on real data and on a slice of a network."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Annotated, Any, Literal

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import BaseModel, Field

from assay import costs, spec
from assay._errors import InputError
from assay._seeds import generator
from assay.data import Preparation, load, split
from assay.lab.units._registry import Lesson, answers, lesson
from assay.lab.units.fitting._paths import Path, Plane, cost_of_points, follow
from assay.lab.units.fitting._sources import Source, source_of
from assay.lab.units.fitting._walk import Function, Walk, best_walk, walk
from assay.training import Fit
from assay.tuning import SURFACES, get_surface

__all__ = ["catalog", "line", "path", "slice_of", "surface"]

_GRID = 61  # points along each side of a surface
_SLICE = 27  # points along each side of a slice
_COLUMNS = ("s1", "s2")  # blood values of `diabetes` that rise and fall together
_WINDOW = ((-2.0, 2.4), (-2.2, 2.2))  # weights that are drawn

_Rate = Annotated[float, Field(gt=0, le=1e6)]
_Iterations = Annotated[int, Field(ge=1, le=400)]
_jax: Any = jax  # parts of JAX are untyped

_SNIPPET = """\
import assay
from assay.tuning import race_surface

for path in race_surface("bowl", ["sgd", "momentum", "adagrad", "rmsprop", "adam"]):
    print(f"{path.racer:9} at rate {path.learning_rate:.3g}: {path.values[-1]:.2e}")

print(assay.race("iris", optimizers=["sgd@all", "sgd@1", "sgd", "adam"], epochs=5))
"""

LESSON = lesson(
    Lesson(
        unit="optimizers",
        title="Optimizers differ in what they remember of past gradients",
        paragraphs=(
            "All of them start at the same point and step downhill. Gradient descent "
            "follows the present gradient. Momentum adds up past ones, which carries "
            "it along valleys. Adagrad and RMSProp divide by the size of past "
            "gradients, so flat directions get longer steps. Adam does both and "
            "corrects for its start at 0.",
            "Batch gradient descent uses all rows for an update, stochastic gradient "
            "descent one, mini-batch gradient descent a few. Fewer rows give cheaper "
            "but noisier steps.",
            "A slice shows two directions out of thousands. It cannot show walls and "
            "valleys along the others.",
        ),
        snippet=_SNIPPET,
    )
)


class Racer(BaseModel):
    """An optimizer in a race.

    Args:
        optimizer: kind of the optimizer.
        learning_rate: learning rate; None for the best one on a surface, and for the
            default elsewhere.
        batch_size: number of rows in a batch, or "all"; surfaces have no rows.
    """

    optimizer: str = "sgd"
    learning_rate: _Rate | None = None
    batch_size: Annotated[int, Field(ge=1)] | Literal["all"] = 32

    def spec(self) -> spec.Optimizer:
        """Return the optimizer with this learning rate."""
        member = spec.Training(optimizer=self.optimizer).optimizer
        if self.learning_rate is None:
            return member
        return member.model_copy(update={"learning_rate": self.learning_rate})


class CatalogBody(BaseModel):
    """The question for all optimizers and surfaces, which has no settings."""


class SurfaceBody(BaseModel):
    """The question for the paths over a surface.

    Args:
        surface: name of the surface.
        start: starting point; None for the usual one.
        racers: the optimizers.
        num_iterations: number of updates.
    """

    surface: str = "bowl"
    start: tuple[float, float] | None = None
    racers: Annotated[list[Racer], Field(max_length=8)] = []
    num_iterations: _Iterations = 80


class LineBody(BaseModel):
    """The question for the paths of a model with two weights on real data.

    Args:
        start: initial weights.
        racers: the optimizers with their batch sizes.
        num_iterations: number of updates.
        seed: seed of the batch order.
    """

    start: tuple[float, float] = (-1.7, 0.5)
    racers: Annotated[list[Racer], Field(max_length=8)] = []
    num_iterations: _Iterations = 60
    seed: Annotated[int, Field(ge=0)] = 0


class SliceBody(BaseModel):
    """The question for a slice of the cost of a network.

    The slice contains the start and the ends of two fits, of mini-batch gradient
    descent and of Adam.

    Args:
        run: name of a finished run, whose data and network are used; "" for digits.
        num_iterations: number of updates.
        seed: seed of the initial values and the batch order.
    """

    run: str = ""
    num_iterations: Annotated[int, Field(ge=1, le=200)] = 100
    seed: Annotated[int, Field(ge=0)] = 0


class PathBody(SliceBody):
    """The question for the path of one optimizer in a slice.

    Args:
        racer: the optimizer.
    """

    racer: Racer = Racer()


@answers("optimizers", "catalog")
def catalog(body: CatalogBody) -> dict[str, Any]:
    """Return the optimizers with their formulas, and the surfaces."""
    rows = [
        {
            "name": name,
            "class": member.__name__,
            "formula": member.formula,
            "summary": (member.__doc__ or "").splitlines()[0],
            "hyperparameters": member.defaults(),
        }
        for name, member in spec.Optimizer.members.items()
        if issubclass(member, spec.Optimizer)
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


@answers("optimizers", "surface")
def surface(body: SurfaceBody) -> dict[str, Any]:
    """Return the heights of a surface and the path of each optimizer over it."""
    member = get_surface(body.surface)
    start = body.start or member.start
    function = _on_surface(body.surface)
    changing = np.zeros(body.num_iterations + 1, np.float32)

    def race(racer: Racer) -> dict[str, Any]:
        optimizer = racer.spec()
        if racer.learning_rate is not None:
            return _path(optimizer, walk(optimizer, function, start, changing=changing))
        rate, walked = best_walk(optimizer, function, start, changing=changing)
        best = optimizer.model_copy(update={"learning_rate": rate})
        return _path(best, walked)

    with ThreadPoolExecutor() as threads:  # the first call of each compiles
        paths = list(threads.map(race, body.racers))
    return {
        "surface": body.surface,
        "formula": member.formula,
        "start": start,
        "minima": member.minima,
        "least": member.least,
        **_heights(member.function, member.window),
        "paths": paths,
    }


@lru_cache(maxsize=8)
def _on_surface(name: str) -> Function:
    """Return a surface as a function that is the same at every update."""
    member = get_surface(name)
    return lambda point, _: member.function(point)


def _path(optimizer: spec.Optimizer, walked: Walk) -> dict[str, Any]:
    return {
        "optimizer": optimizer.kind,
        "formula": optimizer.formula,
        "hyperparameters": optimizer.traced(),
        **walked._asdict(),
    }


def _heights(function: Any, window: Any) -> dict[str, Any]:
    """Return the values of a function on a grid over a window."""
    (left, right), (low, high) = window
    x, y = np.linspace(left, right, _GRID), np.linspace(low, high, _GRID)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    heights = _jax.vmap(function)(jnp.asarray(points, jnp.float32))
    return {"x": x, "y": y, "heights": np.asarray(heights).reshape(_GRID, _GRID)}


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


@answers("optimizers", "line")
def line(body: LineBody) -> dict[str, Any]:
    """Return the cost of a linear model with two weights, and paths over it.

    The model is target = w1 s1 + w2 s2 + b on the train part of `diabetes`. The values
    are standardized, so the best b is 0. The heights are the cost at b = 0.
    """
    inputs, targets = _two_columns()

    def race(racer: Racer) -> dict[str, Any]:
        optimizer, rows = racer.spec(), _batches(racer, body)
        walked = walk(optimizer, _line_cost, (*body.start, 0.0), changing=rows)
        return {
            "batch_size": racer.batch_size,
            "updates_per_epoch": -(-len(targets) // _size(racer)),
            **_path(optimizer, walked),
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
        **_heights(height, _WINDOW),
        "paths": paths,
    }


def _line_cost(point: jax.Array, rows: Any) -> jax.Array:
    """Return the cost of a batch at the point (w1, w2, b)."""
    outputs = rows["inputs"] @ point[:2, None] + point[2]
    loss = costs.get("squared_error")
    return costs.cost(loss, outputs, rows["targets"], weights=rows["weights"])


def _size(racer: Racer) -> int:
    return len(_two_columns()[1]) if racer.batch_size == "all" else racer.batch_size


def _batches(racer: Racer, body: LineBody) -> dict[str, np.ndarray]:
    """Return the rows of each iteration, in the order in which training visits them.

    The last batch of an epoch may be short; it is filled with rows of weight 0.
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


@answers("optimizers", "slice")
def slice_of(body: SliceBody) -> dict[str, Any]:
    """Return the cost of a network on a plane through three points.

    Two coordinates cannot show the other directions: a path that seems to climb here
    may fall along a direction that the plane does not contain.
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


@answers("optimizers", "path")
def path(body: PathBody) -> dict[str, Any]:
    """Return the path of one optimizer, projected onto the slice."""
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
    """Return a fit, the plane of the slice, and the two paths that span it."""
    fit = source.fit(_training(source, _ANCHORS[0]), seed=seed)
    anchors = [_follow(source, one, num_iterations, seed) for one in _ANCHORS]
    ends = [anchor.points[-1] for anchor in anchors]
    if not all(np.isfinite(end).all() for end in ends):
        raise InputError(
            f"Training diverged on {source.name}, so there is no slice. Choose another "
            "run or another seed."
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
    kept = [r for r in source.training.regularizers if r.kind != "early_stopping"]
    changes = {
        "optimizer": racer.spec(),
        "schedule": spec.Constant(),
        "regularizers": tuple(kept),
        "batch_size": racer.batch_size,
    }
    return source.training.model_copy(update=changes)
