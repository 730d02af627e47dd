"""Numbers, booleans and dates in ONNX, computed in float64 as in the preparation."""

from typing import Any

import numpy as np

from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx.columns._registry import Prepared, prepares

__all__: list[str] = []

_LARGEST = float(np.finfo(np.float32).max)
_DAY = 86_400_000_000  # in microseconds
_MISSING_DATE = int(np.iinfo(np.int64).min)  # NumPy's representation of NaT


@prepares("number", "boolean")
def _number(graph: Graph, encoder: Any) -> Prepared:
    x = graph.input(encoder.column, np.float64, ["rows"])
    missing = graph.op("IsNaN", x)
    scale = encoder.scale
    # A column that was constant in training becomes 0.
    values = _scaled(graph, x, missing, scale) if scale.std > 0 else _zeros(graph, x)
    parts = [values]
    if encoder.missing:
        parts.append(graph.cast(missing, np.float32))
    about = "a number" if encoder.kind == "number" else "1 for true, 0 for false"
    return Prepared(_columns(graph, parts), f"{about}, NaN if missing", x)


def _zeros(graph: Graph, x: str) -> str:
    shape, zero = graph.op("Shape", x), graph.constant(np.float32(0))
    return graph.op("Expand", zero, shape)


def _filled(graph: Graph, x: str, missing: str, fill: float) -> str:
    return graph.op("Where", missing, graph.constant(fill, np.float64), x)


def _times(graph: Graph, x: str, factor: float) -> str:
    return graph.op("Mul", x, graph.constant(factor, np.float64))


def _scaled(graph: Graph, x: str, missing: str, scale: Any) -> str:
    """Fill in missing numbers, then standardize and clip to the range of float32."""
    x = _filled(graph, x, missing, scale.fill)
    x = graph.op("Sub", x, graph.constant(scale.mean, np.float64))
    x = graph.op("Div", x, graph.constant(scale.std, np.float64))
    limits = (graph.constant(v, np.float64) for v in (-_LARGEST, _LARGEST))
    return graph.cast(graph.op("Clip", x, *limits), np.float32)


def _columns(graph: Graph, parts: list[str]) -> str:
    """Return the parts (n,) as the columns of one array, (n, d)."""
    columns = [graph.op("Unsqueeze", part, graph.integers(1)) for part in parts]
    return columns[0] if len(columns) == 1 else graph.op("Concat", *columns, axis=1)


@prepares("date")
def _date(graph: Graph, encoder: Any) -> Prepared:
    x = graph.input(encoder.column, np.int64, ["rows"])
    missing = graph.op("Equal", x, graph.constant(_MISSING_DATE, np.int64))
    since_1970 = _days(graph, graph.cast(x, np.float64))
    parts = []
    whole = graph.op("Floor", since_1970)
    values = (since_1970, _month(graph, whole), _weekday(graph, whole))
    for scale, value in zip(encoder.scales, values, strict=True):
        if scale.std > 0:
            parts.append(_scaled(graph, value, missing, scale))
    if encoder.missing:
        parts.append(graph.cast(missing, np.float32))
    about = "microseconds since 1970, the smallest int64 if missing"
    return Prepared(_columns(graph, parts), about, x)


def _days(graph: Graph, microseconds: str) -> str:
    return graph.op("Div", microseconds, graph.constant(_DAY, np.float64))


def _weekday(graph: Graph, days: str) -> str:
    """Return the weekday, from 1 for Monday to 7; 1 January 1970 was a Thursday."""
    shifted = _plus(graph, days, 3)
    weeks = _floored(graph, shifted, 7)
    return _plus(graph, graph.op("Sub", shifted, _times(graph, weeks, 7)), 1)


def _month(graph: Graph, days: str) -> str:
    """Return the month in the Gregorian calendar, given the days since 1970.

    The calendar repeats after 400 years, which have 146097 days. Years are counted from
    March, so a leap day is the last day of its year.

    References:
        Neri and Schneider, Euclidean affine functions and their application to calendar
        algorithms, 2022.
    """
    from_march = _plus(graph, days, 719468)  # days since 1 March of the year 0
    periods = _floored(graph, from_march, 146097)
    day = graph.op("Sub", from_march, _times(graph, periods, 146097))
    regular = graph.op("Sub", day, _floored(graph, day, 1460))
    regular = graph.op("Add", regular, _floored(graph, day, 36524))
    regular = graph.op("Sub", regular, _floored(graph, day, 146096))
    year = _floored(graph, regular, 365)
    first = graph.op("Add", _times(graph, year, 365), _floored(graph, year, 4))
    first = graph.op("Sub", first, _floored(graph, year, 100))
    of_year = graph.op("Sub", day, first)
    month = _floored(graph, _plus(graph, _times(graph, of_year, 5), 2), 153)
    early = graph.op("Less", month, graph.constant(10, np.float64))
    return graph.op("Where", early, _plus(graph, month, 3), _plus(graph, month, -9))


def _plus(graph: Graph, x: str, number: float) -> str:
    return graph.op("Add", x, graph.constant(number, np.float64))


def _floored(graph: Graph, x: str, divisor: float) -> str:
    quotient = graph.op("Div", x, graph.constant(divisor, np.float64))
    return graph.op("Floor", quotient)
