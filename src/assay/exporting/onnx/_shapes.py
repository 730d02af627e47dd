"""ONNX operations that move axes and fill padded steps."""

import numpy as np

from assay.exporting._windows import Pairs
from assay.exporting.onnx._graph import Graph

__all__ = [
    "channels_first",
    "channels_last",
    "fill_padding",
    "pad",
    "pads",
    "real_steps",
    "reshape",
]

_CHANNELS = 1


def channels_first(graph: Graph, x: str, rank: int) -> str:
    """Transpose (n, *space, c) to (n, c, *space), the layout of ONNX."""
    return graph.op("Transpose", x, perm=[0, rank + 1, *range(1, rank + 1)])


def channels_last(graph: Graph, x: str, rank: int) -> str:
    """Transpose (n, c, *space) to (n, *space, c)."""
    return graph.op("Transpose", x, perm=[0, *range(2, rank + 2), _CHANNELS])


def reshape(graph: Graph, x: str, shape: tuple[int, ...]) -> str:
    """Reshape each example."""
    # 0 keeps the size of an axis.
    return graph.op("Reshape", x, graph.integers(0, *shape))


def pad(graph: Graph, x: str, padding: Pairs, *, value: float = 0.0) -> str:
    """Add rows to x (n, *space, c) at both ends of each spatial axis."""
    if not any(map(any, padding)):
        return x
    widths = graph.integers(*pads(((0, 0), *padding, (0, 0))))
    return graph.op("Pad", x, widths, graph.constant(np.float32(value)))


def pads(padding: Pairs) -> list[int]:
    """Return the padding in ONNX's order: the starts of all axes, then the ends."""
    lows, highs = zip(*padding, strict=True)
    return [*lows, *highs]


def real_steps(graph: Graph, lengths: str, shape: tuple[int, ...]) -> str:
    """Return a mask of the real steps, (n, steps, 1, …) for examples of this shape."""
    steps, *rest = shape
    step = graph.integers(*range(steps))
    step = graph.op("Reshape", step, graph.integers(1, steps))
    ends = graph.op("Unsqueeze", lengths, graph.integers(1))
    real = graph.op("Less", step, ends)
    if not rest:
        return real
    return graph.op("Unsqueeze", real, graph.integers(*range(2, 2 + len(rest))))


def fill_padding(
    graph: Graph,
    x: str,
    lengths: str | None,
    shape: tuple[int, ...],
    *,
    fill: float = 0.0,
) -> str:
    """Fill the padded steps of x (n, *shape), or return x if lengths is None."""
    if lengths is None:
        return x
    value = graph.constant(np.float32(fill))
    return graph.op("Where", real_steps(graph, lengths, shape), x, value)
