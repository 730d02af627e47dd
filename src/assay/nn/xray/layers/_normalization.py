"""X-rays of normalization and learned scales."""

import math

import numpy as np

from assay import spec
from assay.nn.xray._calculation import (
    Calculation,
    Line,
    Position,
    Term,
    constant,
    product,
)
from assay.nn.xray._layer_pass import LayerPass
from assay.nn.xray._registry import xrays

__all__: list[str] = []


@xrays(spec.BatchNorm)
def _batch_norm(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    channel = at[-1]
    if layer_pass.frozen or not layer_pass.context.training:
        mean = float(layer_pass.values("mean")[channel])
        variance = float(layer_pass.values("variance")[channel])
        lines = (
            Line.sum("mean", [constant(mean, what="running")]),
            Line.sum("variance", [constant(variance, what="running")]),
        )
        return _standardized(layer_pass, row, at, lines=lines, statistics="running")
    values = np.asarray(layer_pass.x[..., channel], np.float64)[_counted(layer_pass)]
    lines = _moments([(value, None) for value in values])
    return _standardized(layer_pass, row, at, lines=lines, statistics="of the batch")


@xrays(spec.LayerNorm)
def _layer_norm(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    num_axes = layer_pass.values("scale").ndim
    lines = _moments(_last_axes(layer_pass, row, at, num_axes))
    how = "over the channels" if num_axes == 1 else f"over the last {num_axes} axes"
    return _standardized(layer_pass, row, at, lines=lines, statistics=how)


@xrays(spec.RMSNorm)
def _rms_norm(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    scales = layer_pass.values("scale")
    scale = float(scales[at[-scales.ndim :]])
    values = _last_axes(layer_pass, row, at, scales.ndim)
    squares = tuple(product(v, v, source=source) for v, source in values)
    square = math.fsum(term.value for term in squares) / max(len(squares), 1)
    epsilon = float(layer_pass.values("epsilon"))
    size = math.sqrt(square + epsilon)
    parts = (constant(square, what="mean square"), constant(epsilon, what="epsilon"))
    x = float(layer_pass.x[row][at])
    return Calculation(
        spec.RMSNorm.formula,
        (product(scale, x, 1 / size, source=at),),
        lines=(
            Line("mean square", squares, square, "mean"),
            Line("root", parts, size, "sqrt"),
        ),
        details={"x": x, "scale": scale},
    )


@xrays(spec.GroupNorm, spec.InstanceNorm)
def _group_norm(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    groups: int = layer_pass.layer.groups  # type: ignore[attr-defined]
    x = layer_pass.x[row]
    width = x.shape[-1] // groups
    first = at[-1] // width * width
    real = x[: layer_pass.num_steps(row)] if x.ndim > 1 else x
    values: list[tuple[float, Position | None]] = [
        (float(real[(*place, c)]), (*place, c))
        for place in np.ndindex(*real.shape[:-1])
        for c in range(first, first + width)
    ]
    lines = _moments(values)
    how = f"over all positions and channels {first} to {first + width - 1}"
    return _standardized(layer_pass, row, at, lines=lines, statistics=how)


def _last_axes(
    layer_pass: LayerPass, row: int, at: Position, num_axes: int
) -> list[tuple[float, Position | None]]:
    """Return the real values along the last axes, and their positions."""
    x = np.asarray(layer_pass.x[row], np.float64)
    if num_axes == x.ndim and layer_pass.lengths is not None:
        x = x[: layer_pass.num_steps(row)]
    place = at[: x.ndim - num_axes]
    inside = np.ndindex(*x.shape[x.ndim - num_axes :])
    return [(float(x[(*place, *i)]), (*place, *i)) for i in inside]


@xrays(spec.LearnedScale)
def _learned_scale(layer_pass: LayerPass, row: int, at: Position) -> Calculation:
    scale = layer_pass.values("scale")[at[-1]]
    term = product(layer_pass.x[row][at], scale, source=at)
    return Calculation(spec.LearnedScale.formula, (term,))


def _counted(layer_pass: LayerPass) -> np.ndarray:
    """Return a mask of the positions that the statistics use, excluding padding."""
    counted = np.ones(layer_pass.x.shape[:-1], bool)
    if layer_pass.context.mask is not None:
        counted[np.asarray(layer_pass.context.mask) == 0] = False
    if layer_pass.lengths is not None:
        for row, length in enumerate(layer_pass.lengths):
            counted[row, length:] = False
    return counted


def _moments(
    values: list[tuple[float, Position | None]],
) -> tuple[Line, Line]:
    """Return the lines for the mean and variance of (value, position or None) pairs."""
    terms = tuple(product(value, source=source) for value, source in values)
    mean = math.fsum(term.value for term in terms) / max(len(terms), 1)
    off = tuple(product(t.value - mean, t.value - mean, source=t.source) for t in terms)
    variance = math.fsum(term.value for term in off) / max(len(off), 1)
    return (Line("mean", terms, mean, "mean"), Line("variance", off, variance, "mean"))


def _standardized(
    layer_pass: LayerPass,
    row: int,
    at: Position,
    *,
    lines: tuple[Line, ...],
    statistics: str,
) -> Calculation:
    mean, variance = lines[0].value, lines[1].value
    epsilon = float(layer_pass.values("epsilon"))
    scales, biases = layer_pass.values("scale"), layer_pass.values("bias")
    scale = float(scales[at[-scales.ndim :]])
    bias = float(biases[at[-scales.ndim :]])
    x = float(layer_pass.x[row][at])
    spread = math.sqrt(variance + epsilon)
    summands: tuple[Term, ...] = (
        constant(variance, what="variance"),
        constant(epsilon, what="epsilon"),
    )
    root = Line("spread", summands, spread, "sqrt")
    off = product(scale, x - mean, 1 / spread, source=at)
    # The rounding error of the mean scales with the largest input. It affects
    # x - mean directly and through the variance.
    largest = max(abs(x), abs(mean), *(abs(t.value) for t in lines[0].terms))
    magnitude = abs(scale) * largest / spread * (1 + abs(x - mean) / spread)
    details = {"x": x, "scale": scale, "statistics": statistics}
    return Calculation(
        spec.BatchNorm.formula,
        (off, constant(bias, "bias")),
        lines=(*lines, root),
        details=details,
        magnitude=magnitude,
    )
