"""Pooling in ONNX."""

from typing import Any

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._lengths import window_lengths
from assay.exporting.onnx._registry import Pass, translates
from assay.exporting.onnx._shapes import (
    channels_first,
    channels_last,
    fill_padding,
    real_steps,
)

__all__: list[str] = []

_FLOAT = 1  # code of the data type
_LEAST = float(np.finfo(np.float32).min)


def _pool(graph: Graph, kind: str, x: str, trained: TrainedLayer) -> str:
    """Pool x (n, *space, c); padding does not count."""
    window, rank = trained.layer.window, len(trained.layer.window.size)
    lows, highs = zip(*window.padding, strict=True)
    count: dict[str, Any] = {"count_include_pad": 0} if kind == "AveragePool" else {}
    y = graph.op(
        kind,
        channels_first(graph, x, rank),
        kernel_shape=list(window.size),
        strides=list(window.stride),
        pads=[*lows, *highs],
        **count,
    )
    return channels_last(graph, y, rank)


@translates(spec.MaxPool1D, spec.MaxPool2D, spec.MaxPool3D)
def _max_pool(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer = state.graph, trained.layer
    x = fill_padding(graph, x, state.lengths, layer.input_shape, fill=_LEAST)
    y = _pool(graph, "MaxPool", x, trained)
    state.lengths = window_lengths(graph, state.lengths, layer.window)
    return fill_padding(graph, y, state.lengths, layer.output_shape)


@translates(spec.AveragePool1D, spec.AveragePool2D, spec.AveragePool3D)
def _average_pool(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer = state.graph, trained.layer
    x = fill_padding(graph, x, state.lengths, layer.input_shape)
    y = _pool(graph, "AveragePool", x, trained)
    if state.lengths is None:
        return y
    real = real_steps(graph, state.lengths, layer.input_shape)
    real = graph.op("Cast", real, to=_FLOAT)
    # Dividing by the fraction of real steps removes the padded steps from the mean.
    y = _divided(graph, y, _pool(graph, "AveragePool", real, trained))
    state.lengths = window_lengths(graph, state.lengths, layer.window)
    return fill_padding(graph, y, state.lengths, layer.output_shape)


def _divided(graph: Graph, x: str, fraction: str) -> str:
    """Divide by a fraction; where the fraction is 0, leave x as it is."""
    positive = graph.op("Greater", fraction, graph.constant(np.float32(0)))
    safe = graph.op("Where", positive, fraction, graph.constant(np.float32(1)))
    return graph.op("Div", x, safe)


@translates(spec.GlobalMaxPool)
def _global_max_pool(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, shape, lengths = state.graph, trained.layer.input_shape, state.lengths
    x = fill_padding(graph, x, lengths, shape, fill=_LEAST)
    axes = list(range(1, len(shape)))
    y = graph.op("ReduceMax", x, graph.integers(*axes), keepdims=0)
    state.lengths = None
    if lengths is None:
        return y
    some = graph.op("Greater", lengths, graph.constant(0, np.int64))
    some = graph.op("Unsqueeze", some, graph.integers(1))
    return graph.op("Where", some, y, graph.constant(np.float32(0)))


@translates(spec.GlobalAveragePool)
def _global_average_pool(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, shape, lengths = state.graph, trained.layer.input_shape, state.lengths
    x = fill_padding(graph, x, lengths, shape)
    axes = list(range(1, len(shape)))
    y = graph.op("ReduceMean", x, graph.integers(*axes), keepdims=0)
    state.lengths = None
    if lengths is None:
        return y
    count = graph.op("Cast", lengths, to=_FLOAT)
    fraction = graph.op("Div", count, graph.constant(np.float32(shape[0])))
    return _divided(graph, y, graph.op("Unsqueeze", fraction, graph.integers(1)))
