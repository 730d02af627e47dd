"""Normalization layers and learned scales in ONNX."""

import math
from collections.abc import Sequence

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._registry import Pass, translates
from assay.exporting.onnx._shapes import real_steps, reshape

__all__: list[str] = []


@translates(spec.BatchNorm)
def _batch_norm(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph = state.graph
    spread = np.sqrt(trained.array("variance") + trained.array("epsilon"))
    factor = trained.array("scale") / spread
    offset = trained.array("bias") - trained.array("mean") * factor
    scaled = graph.op("Mul", x, graph.constant(factor))
    return graph.op("Add", scaled, graph.constant(offset))


@translates(spec.LayerNorm)
def _layer_norm(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer = state.graph, trained.layer
    lengths = _lengths_in_mean(state, trained)
    if lengths is not None:
        axes = range(1, len(layer.input_shape) + 1)
        y = _standardized(trained, _Means(graph, layer.input_shape, lengths), x, axes)
        return _affine(graph, trained, y)
    constants = [graph.constant(trained.array(n)) for n in ("scale", "bias")]
    return graph.op(
        "LayerNormalization",
        x,
        *constants,
        axis=-layer.num_axes,
        epsilon=trained.number("epsilon"),
    )


@translates(spec.RMSNorm)
def _rms_norm(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, shape = state.graph, trained.layer.input_shape
    means = _Means(graph, shape, _lengths_in_mean(state, trained))
    first = len(shape) - trained.layer.num_axes
    axes = range(first + 1, len(shape) + 1)
    y = _divided_by_root(trained, means, x, axes)
    return graph.op("Mul", y, graph.constant(trained.array("scale")))


@translates(spec.GroupNorm, spec.InstanceNorm)
def _group_norm(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer = state.graph, trained.layer
    *space, channels = layer.input_shape
    shape = (*space, layer.groups, channels // layer.groups)
    axes = [*range(1, len(space) + 1), len(space) + 2]
    parts = reshape(graph, x, shape)
    means = _Means(graph, shape, state.lengths)
    y = _standardized(trained, means, parts, axes)
    return _affine(graph, trained, reshape(graph, y, layer.input_shape))


@translates(spec.LearnedScale)
def _learned_scale(state: Pass, trained: TrainedLayer, x: str) -> str:
    return state.graph.op("Mul", x, state.graph.constant(trained.array("scale")))


class _Means:
    """Adds operations that average arrays (n, *shape), excluding padded steps."""

    def __init__(self, graph: Graph, shape: tuple[int, ...], lengths: str | None):
        self.graph = graph
        self.shape = shape
        self.lengths = lengths

    def over(self, x: str, axes: Sequence[int]) -> str:
        """Return the mean of x over some axes, which are kept with size 1."""
        graph, places = self.graph, self.graph.integers(*axes)
        if self.lengths is None:
            return graph.op("ReduceMean", x, places)
        real = real_steps(graph, self.lengths, self.shape)
        x = graph.op("Where", real, x, graph.constant(np.float32(0)))
        some = graph.op("Max", self.lengths, graph.constant(1, np.int64))
        rest = math.prod(self.shape[axis - 1] for axis in axes if axis > 1)
        count = graph.op("Mul", some, graph.constant(rest, np.int64))
        count = graph.cast(count, np.float32)
        every = graph.integers(*range(1, len(self.shape) + 1))
        count = graph.op("Unsqueeze", count, every)
        return graph.op("Div", graph.op("ReduceSum", x, places), count)


def _lengths_in_mean(state: Pass, trained: TrainedLayer) -> str | None:
    """Return the lengths if the layer averages over the steps, and None otherwise."""
    layer = trained.layer
    return state.lengths if layer.num_axes == len(layer.input_shape) else None


def _standardized(
    trained: TrainedLayer, means: _Means, x: str, axes: Sequence[int]
) -> str:
    centered = means.graph.op("Sub", x, means.over(x, axes))
    return _divided_by_root(trained, means, centered, axes)


def _divided_by_root(
    trained: TrainedLayer, means: _Means, x: str, axes: Sequence[int]
) -> str:
    """Divide x by the square root of its mean square plus epsilon."""
    graph = means.graph
    square = means.over(graph.op("Mul", x, x), axes)
    square = graph.op("Add", square, graph.constant(trained.array("epsilon")))
    return graph.op("Div", x, graph.op("Sqrt", square))


def _affine(graph: Graph, trained: TrainedLayer, x: str) -> str:
    scaled = graph.op("Mul", x, graph.constant(trained.array("scale")))
    return graph.op("Add", scaled, graph.constant(trained.array("bias")))
