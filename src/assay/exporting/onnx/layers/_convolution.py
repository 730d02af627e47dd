"""Convolutions and transposed convolutions in ONNX."""

from typing import Any

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._graph import Graph
from assay.exporting.onnx._lengths import grown_lengths, window_lengths
from assay.exporting.onnx._registry import Pass, translates
from assay.exporting.onnx._shapes import channels_first, channels_last, fill_padding

__all__: list[str] = []


@translates(spec.Convolution, spec.DepthwiseConvolution)
def _convolution(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer, window = state.graph, trained.layer, trained.layer.window
    x = fill_padding(graph, x, state.lengths, layer.input_shape)
    kernel = np.moveaxis(trained.array("kernel"), (-1, -2), (0, 1))
    y = _apply(
        graph,
        "Conv",
        (x, kernel, trained.optional("bias")),
        pads=_pads(window.padding),
        strides=list(window.stride),
        dilations=list(window.dilation),
        group=layer.groups,
    )
    state.lengths = window_lengths(graph, state.lengths, window)
    return y


@translates(spec.TransposedConvolution)
def _transposed_convolution(state: Pass, trained: TrainedLayer, x: str) -> str:
    graph, layer = state.graph, trained.layer
    x = fill_padding(graph, x, state.lengths, layer.input_shape)
    kernel = np.moveaxis(trained.array("kernel"), (-1, -2), (0, 1))
    y = _apply(
        graph,
        "ConvTranspose",
        (x, kernel, trained.optional("bias")),
        pads=_pads(layer.padding),
        strides=list(layer.stride),
        dilations=list(layer.dilation),
        output_padding=list(layer.extra),
        group=layer.groups,
    )
    state.lengths = grown_lengths(graph, state.lengths, layer)
    return y


def _apply(
    graph: Graph,
    kind: str,
    arrays: tuple[str, np.ndarray, np.ndarray | None],
    **attributes: Any,
) -> str:
    """Add a convolution of x (n, *space, c).

    Args:
        graph: the graph.
        kind: name of the operation.
        arrays: name of x, kernel in the layout of ONNX, and bias or None.
        **attributes: attributes of the operation.
    """
    x, kernel, bias = arrays
    rank = kernel.ndim - 2
    constants = [graph.constant(a) for a in (kernel, bias) if a is not None]
    y = graph.op(kind, channels_first(graph, x, rank), *constants, **attributes)
    return channels_last(graph, y, rank)


def _pads(padding: tuple[tuple[int, int], ...]) -> list[int]:
    return [low for low, _ in padding] + [high for _, high in padding]
