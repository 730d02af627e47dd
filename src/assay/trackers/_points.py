"""Converts the live records of a run to data points."""

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from assay.trackers._tracker import Point

__all__ = ["points_of"]

_OTHERS = ("kind", "seconds", "fit", "layers", "iteration", "epoch")


def points_of(record: Mapping[str, Any]) -> Iterator[Point]:
    """Yield the finite numbers in an iteration, epoch or monitor record.

    Example:
        >>> record = {"kind": "epochs", "epoch": [1, 2], "val_cost": [0.5, None]}
        >>> list(points_of(record))
        [Point(name='epoch/val_cost', step=1, value=0.5)]
    """
    columns = {name: v for name, v in record.items() if name not in _OTHERS}
    match record["kind"]:
        case "iterations":
            yield from _points("iteration", record["iteration"], columns)
        case "epochs":
            yield from _points("epoch", record["epoch"], columns)
        case "monitors":
            steps = [record["iteration"]]
            for place, layer in enumerate(record["layers"]):
                of_layer = {name: [v[place]] for name, v in columns.items()}
                yield from _points(f"layers/{layer}", steps, of_layer)
        case _:
            return


def _points(
    prefix: str, steps: Sequence[int], columns: Mapping[str, Sequence[Any]]
) -> Iterator[Point]:
    for name, values in columns.items():
        for step, value in zip(steps, values, strict=True):
            if value is not None and math.isfinite(value):
                yield Point(f"{prefix}/{name}", int(step), float(value))
