"""ONNX operations that compute sequence lengths after a layer changes them."""

from typing import Any

import numpy as np

from assay.exporting.onnx._graph import Graph

__all__ = ["resized_lengths", "upsampled_lengths", "window_lengths"]


def window_lengths(graph: Graph, lengths: str | None, window: Any) -> str | None:
    """Return the number of real output steps of a sliding window, (n,)."""
    if lengths is None:
        return None
    step, (low, high) = window.stride[0], window.padding[0]
    if window.same:  # the number of windows is rounded up
        return _divided(graph, _plus(graph, lengths, step - 1), step)
    reach = window.dilation[0] * (window.size[0] - 1) + 1
    if window.round_up:
        places = _rounded_up(graph, lengths, (step, low, low + high - reach))
        return _clipped(graph, places, lengths, window.output[0])
    # Integer division rounds negative numbers toward 0, but they are clipped anyway.
    places = _divided(graph, _plus(graph, lengths, low + high - reach + step), step)
    return _clipped(graph, places, lengths, window.output[0])


def _rounded_up(graph: Graph, lengths: str, numbers: tuple[int, int, int]) -> str:
    """Return the number of windows, including one that extends beyond the padding.

    Args:
        graph: graph to which the operations are added.
        lengths: name of the array of sequence lengths.
        numbers: the stride, the padding before the steps, and the offset from a length
            to the last row at which a whole window can start.
    """
    step, low, more = numbers
    room = _plus(graph, lengths, more)
    rest = graph.op("Mod", room, graph.constant(step, np.int64))
    places = _plus(graph, _divided(graph, graph.op("Sub", room, rest), step), 1)
    start = graph.op("Mul", places, graph.constant(step, np.int64))
    within = graph.op("Less", start, _plus(graph, lengths, low))
    partial = graph.op("Greater", rest, graph.constant(0, np.int64))
    one_more = graph.cast(graph.op("And", within, partial), np.int64)
    return graph.op("Add", places, one_more)


def upsampled_lengths(graph: Graph, lengths: str | None, layer: Any) -> str | None:
    """Return the number of output steps of a transposed convolution, (n,)."""
    if lengths is None:
        return None
    step = layer.stride[0]
    reach = layer.dilation[0] * (layer.size[0] - 1) + 1
    grown = graph.op("Mul", lengths, graph.constant(step, np.int64))
    grown = _plus(graph, grown, reach + layer.extra[0] - sum(layer.padding[0]) - step)
    return _clipped(graph, grown, lengths, layer.output_shape[0])


def resized_lengths(graph: Graph, lengths: str | None, layer: Any) -> str | None:
    """Return the number of steps after adding or removing rows, (n,)."""
    if lengths is None:
        return None
    places = _plus(graph, lengths, sum(layer.rows[0]))
    return _clipped(graph, places, lengths, layer.output_shape[0])


def _plus(graph: Graph, lengths: str, number: int) -> str:
    return graph.op("Add", lengths, graph.constant(number, np.int64))


def _divided(graph: Graph, lengths: str, number: int) -> str:
    return graph.op("Div", lengths, graph.constant(number, np.int64))


def _clipped(graph: Graph, places: str, lengths: str, most: int) -> str:
    """Clip step counts to the range from 0 to `most`; rows without steps get 0."""
    zero = graph.constant(0, np.int64)
    places = graph.op("Clip", places, zero, graph.constant(most, np.int64))
    some = graph.op("Greater", lengths, zero)
    return graph.op("Where", some, places, zero)
