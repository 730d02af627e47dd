"""Dense layers, dropout and embeddings in ONNX."""

import math

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._registry import Pass, translates
from assay.exporting.onnx._shapes import reshape

__all__: list[str] = []


@translates(spec.Dense)
def _dense(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, bias = state.graph, trained.optional("bias")
    y = graph.op("MatMul", x, graph.constant(trained.array("kernel")))
    return y if bias is None else graph.op("Add", y, graph.constant(bias))


@translates(spec.Dropout, spec.SpatialDropout)
def _dropout(state: Pass, trained: TrainedLayer, x: str) -> str:
    return x  # dropout is active only in training


@translates(spec.Embedding)
def _embedding(state: Pass, trained: TrainedLayer, x: str) -> str:
    codes = reshape(state.graph, x, (trained.layer.output_shape[0],))
    return _rows(state.graph, trained.array("kernel"), codes)


@translates(spec.EmbedColumns)
def _embed_columns(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer = state.graph, trained.layer
    columns = []
    if layer.numbers:
        columns.append(graph.op("Gather", x, graph.integers(*layer.numbers), axis=1))
    for position in layer.positions:
        index = graph.constant(position, np.int64)
        codes = graph.op("Gather", x, index, axis=1)
        columns.append(_rows(graph, trained.array(f"kernel{position}"), codes))
    return graph.op("Concat", *columns, axis=1)


@translates(spec.PeriodicEmbedding)
def _periodic_embedding(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, positions = state.graph, trained.layer.positions
    numbers = graph.op("Gather", x, graph.integers(*positions), axis=1)
    numbers = graph.op("Unsqueeze", numbers, graph.integers(2))
    turns = graph.op("Mul", numbers, graph.constant(trained.array("frequency")))
    turns = graph.op("Add", turns, graph.constant(trained.array("phase")))
    # Remove whole turns first, because 2π times a large number is inexact.
    part = graph.op("Sub", turns, graph.op("Round", turns))
    angle = graph.op("Mul", part, graph.constant(np.float32(2 * math.pi)))
    cosines = graph.op("Unsqueeze", graph.op("Cos", angle), graph.integers(2))
    mixed = graph.op("MatMul", cosines, graph.constant(trained.array("mixture")))
    mixed = graph.op("Squeeze", mixed, graph.integers(2))
    mixed = graph.op("Add", mixed, graph.constant(trained.array("bias")))
    width = trained.array("bias").size
    return graph.op("Concat", x, reshape(graph, mixed, (width,)), axis=1)


def _rows(graph: Graph, table: np.ndarray, codes: str) -> str:
    """Look up the table row for each code, clipping codes that are out of range."""
    whole = graph.cast(codes, np.int64)
    last = graph.constant(len(table) - 1, np.int64)
    whole = graph.op("Clip", whole, graph.constant(0, np.int64), last)
    return graph.op("Gather", graph.constant(table), whole, axis=0)
