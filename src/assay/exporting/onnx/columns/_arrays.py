"""Images and sequences in ONNX."""

from typing import Any

import numpy as np

from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._shapes import fill_padding
from assay.exporting.onnx.columns._registry import Prepared, prepares

__all__: list[str] = []


def _standardized(graph: Graph, x: str, encoder: Any) -> str:
    """Standardize the last axis like `encoders._channels.standardize`."""
    factors = [1 / s if s > 0 else 0.0 for s in encoder.std]
    centered = graph.op("Sub", x, graph.constant(encoder.mean))
    return graph.op("Mul", centered, graph.constant(factors))


@prepares("image")
def _image(graph: Graph, encoder: Any) -> Prepared:
    x = graph.input(encoder.column, np.float32, ["rows", *encoder.shape])
    about = "pixels (rows, height, width, channels), as in the training images"
    return Prepared(_standardized(graph, x, encoder), about, x)


@prepares("sequence")
def _sequence(graph: Graph, encoder: Any) -> Prepared:
    steps, channels = shape = encoder.input_shape
    if not encoder.uneven:
        x = graph.input(encoder.column, np.float32, ["rows", *shape])
        about = "(rows, steps, channels), without missing values"
        return Prepared(_standardized(graph, x, encoder), about, x)
    x = graph.input(encoder.column, np.float32, ["rows", "steps", channels])
    lengths = graph.input("lengths", np.int64, ["rows"])
    zero = graph.constant(0, np.int64)
    most = graph.constant(steps, np.int64)
    cut = graph.op("Clip", lengths, zero, most)
    widths = graph.integers(0, 0, 0, 0, steps, 0)
    y = graph.op("Pad", x, widths, graph.constant(np.float32(0)))
    bounds = (graph.integers(0), graph.integers(steps), graph.integers(1))
    y = _standardized(graph, graph.op("Slice", y, *bounds), encoder)
    about = (
        "(rows, steps, channels), without missing values and padded at the end; the "
        f"input {lengths!r} contains the number of steps in each row"
    )
    return Prepared(fill_padding(graph, y, cut, shape), about, x, cut)
