"""Pooling in ONNX."""

from typing import Any

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting._windows import extended_padding, is_plain, rows_beyond
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._lengths import window_lengths
from assay.exporting.onnx._registry import Pass, translates
from assay.exporting.onnx._shapes import (
    channels_first,
    channels_last,
    fill_padding,
    pad,
    pads,
    real_steps,
)

__all__: list[str] = []

_LEAST = float(np.finfo(np.float32).min)


@translates(spec.MaxPool1D, spec.MaxPool2D, spec.MaxPool3D)
def _max_pool(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer, window = state.graph, trained.layer, trained.layer.window
    x = fill_padding(graph, x, state.lengths, layer.input_shape, fill=_LEAST)
    padding = window.padding
    if not is_plain(window):  # runtimes reject padding that is larger than the window
        x = pad(graph, x, extended_padding(window), value=_LEAST)
        padding = ((0, 0),) * len(padding)
    options = {"pads": pads(padding), "dilations": list(window.dilation)}
    y = _pool(graph, "MaxPool", x, window, **options)
    # Some windows may contain only padding.
    if state.lengths is not None and window.has_gaps:
        least, zero = (graph.constant(np.float32(value)) for value in (_LEAST, 0))
        y = graph.op("Where", graph.op("Equal", y, least), zero, y)
    state.lengths = window_lengths(graph, state.lengths, window)
    return fill_padding(graph, y, state.lengths, layer.output_shape)


@translates(spec.AveragePool1D, spec.AveragePool2D, spec.AveragePool3D)
def _average_pool(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer, window = state.graph, trained.layer, trained.layer.window
    x = fill_padding(graph, x, state.lengths, layer.input_shape)
    if state.lengths is None and is_plain(window):
        options: dict[str, Any] = {"count_include_pad": int(layer.count_padding)}
        options["pads"] = pads(window.padding)
        return _pool(graph, "AveragePool", x, window, **options)
    padded = pad(graph, x, extended_padding(window))
    total = _window_sum(graph, padded, window, layer.input_shape[-1])
    count = _window_sum(graph, _counted(state, trained), window, 1)
    y = _divided(graph, total, count)
    state.lengths = window_lengths(graph, state.lengths, window)
    return fill_padding(graph, y, state.lengths, layer.output_shape)


def _pool(graph: Graph, kind: str, x: str, window: Any, **attributes: Any) -> str:
    """Pool x (n, *space, c)."""
    rank = len(window.size)
    y = graph.op(
        kind,
        channels_first(graph, x, rank),
        kernel_shape=list(window.size),
        strides=list(window.stride),
        **attributes,
    )
    return channels_last(graph, y, rank)


def _window_sum(graph: Graph, x: str, window: Any, channels: int) -> str:
    """Sum the numbers in each window of x (n, *space, c) with a convolution."""
    rank = len(window.size)
    ones = graph.constant(np.ones((channels, 1, *window.size), np.float32))
    y = graph.op(
        "Conv",
        channels_first(graph, x, rank),
        ones,
        strides=list(window.stride),
        dilations=list(window.dilation),
        group=channels,
    )
    return channels_last(graph, y, rank)


def _counted(state: Pass, trained: TrainedLayer) -> str:
    """Return a padded mask: 1 at positions included in the mean, and 0 elsewhere."""
    graph, layer, window = state.graph, trained.layer, trained.layer.window
    space, ends = layer.input_shape[:-1], state.lengths
    after = extended_padding(window)
    if layer.count_padding:
        axes = zip(space, window.padding, strict=True)
        space = tuple(size + sum(pair) for size, pair in axes)
        after = tuple((0, rows) for rows in rows_beyond(window))
        if ends is not None:
            counted = graph.constant(sum(window.padding[0]), np.int64)
            ends = graph.op("Add", ends, counted)
    ones = graph.constant(np.ones((1, *space, 1), np.float32))
    if ends is not None:
        real = graph.cast(real_steps(graph, ends, (*space, 1)), np.float32)
        ones = graph.op("Mul", real, ones)
    return pad(graph, ones, after)


def _divided(graph: Graph, x: str, fraction: str) -> str:
    """Divide x by a fraction, leaving x unchanged where the fraction is 0."""
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
    count = graph.cast(lengths, np.float32)
    fraction = graph.op("Div", count, graph.constant(np.float32(shape[0])))
    return _divided(graph, y, graph.op("Unsqueeze", fraction, graph.integers(1)))
