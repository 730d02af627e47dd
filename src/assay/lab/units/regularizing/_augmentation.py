"""Variants of a digit from every image augmentation."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any

import jax
import jax.numpy as jnp
import numpy as np
from pydantic import BaseModel, Field

from assay import nn, regularize
from assay._errors import InputError, fault
from assay.lab.units._registry import answers
from assay.lab.units.networks._digits import digits

__all__ = ["Augmented", "augment"]

_VARIANTS = 6
_STRENGTHS = (
    "max_fraction",
    "max_degrees",
    "strength",
    "size_fraction",
    "rate",
    "alpha",
)


class Augmented(BaseModel):
    """Augmentations of one digit.

    Args:
        row: row number of the digit.
        iteration: iteration whose random changes are drawn.
        strength: factor by which the default strength of each augmentation is scaled.
    """

    row: int = 0
    iteration: Annotated[int, Field(ge=0, le=100_000)] = 0
    strength: Annotated[float, Field(gt=0, le=3)] = 1.0


@answers("regularization", "augment")
def augment(body: Augmented) -> dict[str, Any]:
    """Return a digit and several variants of it from each image augmentation."""
    images, targets = digits()
    if not 0 <= body.row < len(targets):
        raise InputError(fault(f"0 <= row < {len(targets)}", "row", body.row, "Use 0."))
    inputs = jnp.asarray(np.repeat(images[[body.row]], _VARIANTS, axis=0) / 8 - 1)
    hyper = {kind: _scaled(kind, body.strength) for kind in _kinds()}
    key = nn.iteration_key(jnp.array([0, body.row], jnp.uint32), body.iteration)
    varied = _vary()(inputs, _others(body.row), key, hyper)
    return {
        "row": body.row,
        "num_rows": len(targets),
        "target": str(targets[body.row]),
        "original": np.float32(inputs[0, ..., 0]),
        "kinds": [
            {
                "kind": kind,
                "formula": regularize.AUGMENTATIONS[kind].formula,
                "hyperparameters": hyper[kind],
                "variants": np.float32(varied[kind][..., 0]),
            }
            for kind in _kinds()
        ],
    }


@cache
def _kinds() -> tuple[str, ...]:
    """Return the augmentations that vary images, the most specific ones first."""
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


def _others(row: int) -> jax.Array:
    """Return the digits that mixup mixes with a digit."""
    images, _ = digits()
    rows = (row + 1 + np.arange(_VARIANTS)) % len(images)
    return jnp.asarray(images[rows] / 8 - 1)


@cache
def _vary() -> Any:
    """Return the compiled function that applies every augmentation to a digit."""

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
