"""The number of real steps after layers that change the number of steps, in ONNX."""

from typing import Any

import numpy as np

from assay.exporting.onnx._graph import Graph

__all__ = ["grown_lengths", "window_lengths"]


def window_lengths(graph: Graph, lengths: str | None, window: Any) -> str | None:
    """Return the number of real output steps of a sliding window, (n,)."""
    if lengths is None:
        return None
    step, (low, high) = window.stride[0], window.padding[0]
    if window.same:  # rounded up
        return _divided(graph, _plus(graph, lengths, step - 1), step)
    reach = window.dilation[0] * (window.size[0] - 1) + 1
    # Negative numbers are rounded toward 0, but they become 0 in any case.
    places = _divided(graph, _plus(graph, lengths, low + high - reach + step), step)
    return _clipped(graph, places, lengths, window.output[0])


def grown_lengths(graph: Graph, lengths: str | None, layer: Any) -> str | None:
    """Return the number of output steps of a transposed convolution, (n,)."""
    if lengths is None:
        return None
    step = layer.stride[0]
    reach = layer.dilation[0] * (layer.size[0] - 1) + 1
    grown = graph.op("Mul", lengths, graph.constant(step, np.int64))
    grown = _plus(graph, grown, reach + layer.extra[0] - sum(layer.padding[0]) - step)
    return _clipped(graph, grown, lengths, layer.output_shape[0])


def _plus(graph: Graph, lengths: str, number: int) -> str:
    return graph.op("Add", lengths, graph.constant(number, np.int64))


def _divided(graph: Graph, lengths: str, number: int) -> str:
    return graph.op("Div", lengths, graph.constant(number, np.int64))


def _clipped(graph: Graph, places: str, lengths: str, most: int) -> str:
    """Return places between 0 and `most`; 0 for a sequence without steps."""
    zero = graph.constant(0, np.int64)
    places = graph.op("Clip", places, zero, graph.constant(most, np.int64))
    some = graph.op("Greater", lengths, zero)
    return graph.op("Where", some, places, zero)
