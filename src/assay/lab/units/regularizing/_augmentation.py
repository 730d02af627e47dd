"""Creates variants of an image with each image augmentation."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import Field

from assay import nn, regularize
from assay._errors import InputError, fault
from assay.lab.units._registry import Body, handles
from assay.lab.units.fitting._sources import source_of
from assay.lab.units.networks._digits import digits

__all__ = ["Augmented", "augment"]

_VARIANTS = 6
_MOST_IMAGES = 2000  # maximum number of images taken from a run
_STRENGTHS = (
    "max_fraction",
    "max_degrees",
    "strength",
    "size_fraction",
    "rate",
    "alpha",
)


class Augmented(Body):
    """Request for augmented variants of an image.

    Args:
        run: name of a finished run whose images are used; if the name is empty, or the
            run has no images, digits are used.
        row: index of the image; for a run, an index into the training images.
        iteration: iteration number, which determines the random changes.
        strength: factor that scales the default strength of each augmentation.
    """

    run: str = ""
    row: int = 0
    iteration: Annotated[int, Field(ge=0, le=100_000)] = 0
    strength: Annotated[float, Field(gt=0, le=3)] = 1.0


@handles("regularization", "augment")
def augment(body: Augmented) -> dict[str, Any]:
    """Return an image and several variants of it for each image augmentation."""
    shown = (_of_run(body.run) if body.run else None) or _of_digits()
    count = len(shown.images)
    if not 0 <= body.row < count:
        raise InputError(fault(f"0 <= row < {count}", "row", body.row, "Use 0."))
    inputs = jnp.asarray(np.repeat(shown.images[[body.row]], _VARIANTS, axis=0))
    hyper = {kind: _scaled(kind, body.strength) for kind in _kinds()}
    key = nn.iteration_key(jnp.array([0, body.row], jnp.uint32), body.iteration)
    rows = (body.row + 1 + np.arange(_VARIANTS)) % count  # the rows that mixup mixes in
    varied = _vary()(inputs, jnp.asarray(shown.images[rows]), key, hyper)
    return {
        "row": body.row,
        "num_rows": count,
        "is_digit": shown is _of_digits(),
        "target": shown.targets[body.row],
        "least": float(shown.images.min()),
        "most": float(shown.images.max()),
        "original": _gray(inputs)[0],
        "kinds": [
            {
                "kind": kind,
                "formula": regularize.AUGMENTATIONS[kind].formula,
                "hyperparameters": hyper[kind],
                "variants": _gray(varied[kind]),
            }
            for kind in _kinds()
        ],
    }


@dataclass(frozen=True, eq=False)
class _Images:
    images: np.ndarray  # (n, height, width, channels), scaled like the network's inputs
    targets: list[str]


@cache
def _of_digits() -> _Images:
    images, targets = digits()
    return _Images(images / 8 - 1, [str(target) for target in targets])


def _of_run(run: str) -> _Images | None:
    """Return some training images of a run; None if its inputs are not images."""
    source = source_of(run)
    images, targets = source.train
    if isinstance(images, dict) or images.ndim != 4:
        return None
    targets, task = targets[:_MOST_IMAGES], source.preparation.task
    is_number = task.kind == "regression"
    words = [f"{t:g}" if is_number else str(task.classes[int(t)]) for t in targets]
    return _Images(np.asarray(images[:_MOST_IMAGES]), words)


def _gray(images: Any) -> np.ndarray:
    return np.asarray(images, np.float32).mean(axis=-1)


@cache
def _kinds() -> tuple[str, ...]:
    """Return the augmentations that support images, most specific first."""
    members = regularize.AUGMENTATIONS

    def generality(kind: str) -> tuple[bool, int]:
        return members[kind].mixes_targets, len(members[kind].ranks)

    fitting = [kind for kind, member in members.items() if 3 in member.ranks]
    return tuple(sorted(fitting, key=generality))


def _scaled(kind: str, factor: float) -> dict[str, float]:
    """Return the default hyperparameters, with the strength scaled by a factor."""
    defaults = regularize.AUGMENTATIONS[kind].hyperparameters
    most = {"max_degrees": 180.0}
    return {
        name: min(value * factor, most.get(name, 1.0)) if name in _STRENGTHS else value
        for name, value in defaults.items()
    }


@cache
def _vary() -> Any:
    """Return the compiled function that applies every augmentation to an image."""

    def vary(
        inputs: jax.Array,
        others: jax.Array,
        key: jax.Array,
        hyper: Mapping[str, Mapping[str, float]],
    ) -> dict[str, jax.Array]:
        varied = {}
        for kind in _kinds():
            images = inputs
            if regularize.AUGMENTATIONS[kind].mixes_targets:
                images = jnp.concatenate([inputs, others])
            rows = len(images)
            batch = regularize.Batch(images, jnp.zeros(rows), jnp.ones(rows))
            changed = regularize.augment(batch, [kind], nn.Draws(key), hyper=hyper)
            varied[kind] = changed.inputs[:_VARIANTS]
        return varied

    return jax.jit(vary)
