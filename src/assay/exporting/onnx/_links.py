"""Link functions in ONNX, which map raw outputs to predictions."""

from collections.abc import Callable

import numpy as np

from assay.exporting.onnx._graph import Graph

__all__ = ["LINKS"]


def _first(graph: Graph, outputs: str) -> str:
    return graph.op("Gather", outputs, graph.constant(0, np.int64), axis=1)


def _sigmoid(graph: Graph, outputs: str) -> str:
    return graph.op("Sigmoid", _first(graph, outputs))


def _softmax(graph: Graph, outputs: str) -> str:
    return graph.op("Softmax", outputs, axis=-1)


def _rate(graph: Graph, outputs: str) -> str:
    largest = graph.constant(np.float32(88))  # the same limit as in `assay.costs`
    return graph.op("Exp", graph.op("Min", _first(graph, outputs), largest))


LINKS: dict[str, Callable[[Graph, str], str]] = {
    "identity": _first,
    "sigmoid": _sigmoid,
    "softmax": _softmax,
    "rate": _rate,
}
"""Functions that map (graph, raw outputs (n, k)) to predictions, by link name."""
