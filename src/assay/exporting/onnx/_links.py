"""Links in ONNX, which map raw outputs to predictions on the scale of the target."""

from typing import Any

import numpy as np

from assay._errors import InputError
from assay.costs import Loss
from assay.exporting.onnx._graph import Graph

__all__ = ["apply_link"]


def apply_link(graph: Graph, loss: Loss, outputs: str, num_outputs: int) -> str:
    """Map raw outputs (n, k) to predictions as the link of a loss does.

    Raises:
        InputError: there is no translation of the link.
    """
    name = loss.link.__name__
    if name == "class_link":
        name = "sigmoid" if num_outputs == 1 else "softmax"
    if name not in _LINKS:
        raise InputError(
            f"Predictions of the cost {loss.name!r} cannot be exported to onnx. Use "
            "--to safetensors, which exports the parameters of every network."
        )
    return _LINKS[name](graph, outputs)


def _first(graph: Graph, outputs: str) -> str:
    return graph.op("Gather", outputs, graph.constant(0, np.int64), axis=1)


def _sigmoid(graph: Graph, outputs: str) -> str:
    return graph.op("Sigmoid", _first(graph, outputs))


def _softmax(graph: Graph, outputs: str) -> str:
    return graph.op("Softmax", outputs, axis=-1)


def _rate(graph: Graph, outputs: str) -> str:
    largest = graph.constant(np.float32(88))  # as in `assay.costs`
    return graph.op("Exp", graph.op("Min", _first(graph, outputs), largest))


_LINKS: dict[str, Any] = {
    "identity": _first,
    "sigmoid": _sigmoid,
    "softmax": _softmax,
    "rate": _rate,
}
