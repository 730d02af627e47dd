"""X-rays of normalization: mean, variance, scale and shift."""

import math

import numpy as np

from assay.nn.xray._member import Made, xrays
from assay.nn.xray._seen import Seen
from assay.nn.xray._terms import Line, Term, constant, product

__all__: list[str] = []

_FORMULA = "y = scale (x - mean) / sqrt(variance + epsilon) + bias"


@xrays("batch_norm")
def _batch_norm(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    channel = at[-1]
    if not seen.context.training:
        mean = float(seen.values("mean")[channel])
        variance = float(seen.values("variance")[channel])
        lines = (
            Line.sum("mean", [constant(mean, what="running")]),
            Line.sum("variance", [constant(variance, what="running")]),
        )
        return _standardized(seen, row, at, lines=lines, statistics="running")
    values = np.asarray(seen.x[..., channel], np.float64)[_counted(seen)]
    lines = _moments([(value, None) for value in values])
    return _standardized(seen, row, at, lines=lines, statistics="of the batch")


@xrays("layer_norm")
def _layer_norm(seen: Seen, row: int, at: tuple[int, ...]) -> Made:
    place = at[:-1]
    values = np.asarray(seen.x[row][place], np.float64)
    lines = _moments([(value, (*place, c)) for c, value in enumerate(values)])
    return _standardized(seen, row, at, lines=lines, statistics="over the channels")


def _counted(seen: Seen) -> np.ndarray:
    """Return where a channel counts: not in rows and steps that only pad."""
    counted = np.ones(seen.x.shape[:-1], bool)
    if seen.context.mask is not None:
        counted[np.asarray(seen.context.mask) == 0] = False
    if seen.lengths is not None:
        for row, length in enumerate(seen.lengths):
            counted[row, length:] = False
    return counted


def _moments(
    values: list[tuple[float, tuple[int, ...] | None]],
) -> tuple[Line, Line]:
    terms = tuple(product(value, source=source) for value, source in values)
    mean = math.fsum(term.value for term in terms) / len(terms)
    off = tuple(product(t.value - mean, t.value - mean, source=t.source) for t in terms)
    variance = math.fsum(term.value for term in off) / len(off)
    return (Line("mean", terms, mean, "mean"), Line("variance", off, variance, "mean"))


def _standardized(
    seen: Seen,
    row: int,
    at: tuple[int, ...],
    *,
    lines: tuple[Line, ...],
    statistics: str,
) -> Made:
    channel = at[-1]
    mean, variance = lines[0].value, lines[1].value
    epsilon = float(seen.values("epsilon"))
    scale, bias = (float(seen.values(name)[channel]) for name in ("scale", "bias"))
    x = float(seen.x[row][at])
    spread = math.sqrt(variance + epsilon)
    parts: tuple[Term, ...] = (
        constant(variance, what="variance"),
        constant(epsilon, what="epsilon"),
    )
    root = Line("spread", parts, spread, "sqrt")
    off = product(scale, x - mean, 1 / spread, source=at)
    # a rounded mean, and a variance of rounded differences: see x - mean
    largest = max(abs(x), abs(mean), *(abs(t.value) for t in lines[0].terms))
    magnitude = abs(scale) * largest / spread * (1 + abs(x - mean) / spread)
    details = {"x": x, "scale": scale, "statistics": statistics}
    return Made(
        _FORMULA,
        (off, constant(bias, "bias")),
        lines=(*lines, root),
        details=details,
        magnitude=magnitude,
    )
