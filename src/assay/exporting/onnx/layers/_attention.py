"""Self-attention and positions in ONNX."""

import math

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._registry import Pass, translates
from assay.exporting.onnx._shapes import fill_padding, real_steps, reshape

__all__: list[str] = []

_UNREAD = np.finfo(np.float32).min


@translates(spec.PositionEmbedding)
def _position_embedding(state: Pass, trained: TrainedLayer, x: str) -> str:
    table = trained.optional("positions")
    if table is None:  # the positions are fixed
        table = np.asarray(trained.layer.table())
    return state.graph.op("Add", x, state.graph.constant(table))


@translates(spec.SelfAttention)
def _self_attention(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer = state.graph, trained.layer
    steps, _ = layer.input_shape
    x = fill_padding(graph, x, state.lengths, layer.input_shape)
    projected = _affine(graph, trained, x, "")
    parts = reshape(graph, projected, (steps, 3, layer.heads, layer.units))
    query, key, value = (
        _part(graph, parts, index, perm)
        for index, perm in enumerate(([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]))
    )
    scores = graph.op("MatMul", query, key)
    root = graph.constant(np.float32(math.sqrt(layer.units)))
    scores = graph.op("Div", scores, root)
    share = graph.op("Softmax", _masked(state, trained, scores), axis=-1)
    read = graph.op("Transpose", graph.op("MatMul", share, value), perm=[0, 2, 1, 3])
    read = reshape(graph, read, (steps, layer.heads * layer.units))
    y = _affine(graph, trained, read, "output_")
    return fill_padding(graph, y, state.lengths, layer.output_shape)


def _part(graph: Graph, parts: str, index: int, perm: list[int]) -> str:
    """Return queries, keys or values, with the head axis before the step axis."""
    part = graph.op("Gather", parts, graph.constant(index, np.int64), axis=2)
    return graph.op("Transpose", part, perm=perm)


def _masked(state: Pass, trained: TrainedLayer, scores: str) -> str:
    """Mask the scores (n, heads, steps, steps) of steps that must be ignored."""
    graph, (steps, _) = state.graph, trained.layer.input_shape
    least = graph.constant(_UNREAD)
    if trained.layer.causal:
        earlier = graph.constant(np.tri(steps, dtype=bool), np.bool_)
        scores = graph.op("Where", earlier, scores, least)
    if state.lengths is not None:
        real = real_steps(graph, state.lengths, (steps,))
        real = graph.op("Unsqueeze", real, graph.integers(1, 2))
        scores = graph.op("Where", real, scores, least)
    return scores


def _affine(graph: Graph, trained: TrainedLayer, x: str, prefix: str) -> str:
    bias = trained.optional(f"{prefix}bias")
    y = graph.op("MatMul", x, graph.constant(trained.array(f"{prefix}kernel")))
    return y if bias is None else graph.op("Add", y, graph.constant(bias))
