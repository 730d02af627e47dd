"""ONNX operations for layers that change or check shapes, and for residual blocks."""

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._registry import Pass, run_layers, translates
from assay.exporting.onnx._shapes import (
    channels_first,
    channels_last,
    fill_padding,
    reshape,
)

__all__: list[str] = []


@translates(spec.Input)
def _input(state: Pass, trained: TrainedLayer, x: str) -> str:
    return x


@translates(spec.Flatten, spec.Reshape)
def _reshape(state: Pass, trained: TrainedLayer, x: str) -> str:
    layer = trained.layer
    before, after = layer.input_shape, layer.output_shape
    if layer.kind == "flatten" or before[0] != after[0]:
        x = fill_padding(state.graph, x, state.lengths, before)
        state.lengths = None
    return reshape(state.graph, x, after)


@translates(spec.Residual)
def _residual(state: Pass, trained: TrainedLayer, x: str) -> str:
    y = run_layers(state, trained.inner(), x)
    return state.graph.op("Add", y, _projected(state, trained, x))


def _projected(state: Pass, trained: TrainedLayer, x: str) -> str:
    """Return x, projected to the output shape if necessary."""
    graph, kernel = state.graph, trained.optional("kernel")
    if kernel is None:
        return x
    strides = trained.layer.stride
    if not strides:
        return graph.op("MatMul", x, graph.constant(kernel))
    weights = graph.constant(np.moveaxis(kernel, (-1, -2), (0, 1)))
    rank = len(strides)
    y = graph.op("Conv", channels_first(graph, x, rank), weights, strides=[*strides])
    return channels_last(graph, y, rank)
