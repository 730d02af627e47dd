"""ONNX operations for layers that add, remove or repeat rows."""

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._lengths import resized_lengths
from assay.exporting.onnx._registry import Pass, translates
from assay.exporting.onnx._shapes import fill_padding, pad

__all__: list[str] = []


@translates(spec.ZeroPadding)
def _zero_padding(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer = state.graph, trained.layer
    x = fill_padding(graph, x, state.lengths, layer.input_shape)
    state.lengths = resized_lengths(graph, state.lengths, layer)
    return pad(graph, x, layer.rows)


@translates(spec.Cropping)
def _cropping(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer = state.graph, trained.layer
    state.lengths = resized_lengths(graph, state.lengths, layer)
    starts = [-before for before, _ in layer.rows]
    pairs = zip(starts, layer.output_shape[:-1], strict=True)
    ends = [start + size for start, size in pairs]
    axes = range(1, len(starts) + 1)
    limits = (graph.integers(*numbers) for numbers in (starts, ends, axes))
    return graph.op("Slice", x, *limits)


@translates(spec.Upsampling)
def _upsampling(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer = state.graph, trained.layer
    if state.lengths is not None:
        if layer.linear:
            x = _repeat_last_step(graph, x, state.lengths, layer.input_shape[0])
        factor = graph.constant(layer.factor[0], np.int64)
        state.lengths = graph.op("Mul", state.lengths, factor)
    sizes = zip(layer.input_shape, layer.factor, strict=False)
    for axis, (size, factor) in enumerate(sizes, start=1):
        rows = np.arange(size * factor)
        if not layer.linear:
            x = graph.op("Gather", x, graph.integers(*rows // factor), axis=axis)
        elif factor > 1:
            positions = (rows + 0.5) / factor - 0.5
            x = _interpolated(graph, x, positions, layer.input_shape, axis=axis)
    return x


def _repeat_last_step(graph: Graph, x: str, lengths: str, steps: int) -> str:
    """Fill padded steps with the last real step of each row."""
    last = graph.op("Sub", lengths, graph.constant(1, np.int64))
    last = graph.op("Max", last, graph.constant(0, np.int64))
    last = graph.op("Unsqueeze", last, graph.integers(1))
    step = graph.constant(np.arange(steps)[None], np.int64)
    source = graph.op("Unsqueeze", graph.op("Min", step, last), graph.integers(2))
    return graph.op("GatherND", x, source, batch_dims=1)


def _interpolated(
    graph: Graph, x: str, positions: np.ndarray, shape: tuple[int, ...], *, axis: int
) -> str:
    """Interpolate linearly between the rows of an axis.

    Args:
        graph: graph to which the operations are added.
        x: name of the array.
        positions: positions along the axis; they are clipped to its ends.
        shape: shape of an example.
        axis: index of the axis; axis 0 contains the examples.
    """
    below = np.floor(positions)
    weight = (positions - below).reshape(-1, *(1,) * (len(shape) - axis))
    last = shape[axis - 1] - 1
    lows, highs = (np.clip(below + more, 0, last).astype(int) for more in (0, 1))
    low, high = (
        graph.op("Gather", x, graph.integers(*row), axis=axis) for row in (lows, highs)
    )
    step = graph.op("Sub", high, low)
    step = graph.op("Mul", step, graph.constant(weight.astype(np.float32)))
    return graph.op("Add", low, step)
