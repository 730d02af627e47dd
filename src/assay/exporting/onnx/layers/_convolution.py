"""Convolutions and transposed convolutions in ONNX."""

from typing import Any

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting.onnx._lengths import upsampled_lengths, window_lengths
from assay.exporting.onnx._registry import Pass, translates
from assay.exporting.onnx._shapes import (
    channels_first,
    channels_last,
    fill_padding,
    pads,
)

__all__: list[str] = []


@translates(spec.Convolution, spec.DepthwiseConvolution)
def _convolution(state: Pass, trained: TrainedLayer, x: str) -> str:
    window = trained.layer.window
    y = _apply(state, trained, x, kind="Conv", window=window)
    state.lengths = window_lengths(state.graph, state.lengths, window)
    return y


@translates(spec.TransposedConvolution)
def _transposed_convolution(state: Pass, trained: TrainedLayer, x: str) -> str:
    layer = trained.layer
    extra = list(layer.extra)
    y = _apply(
        state, trained, x, kind="ConvTranspose", window=layer, output_padding=extra
    )
    state.lengths = upsampled_lengths(state.graph, state.lengths, layer)
    return y


def _apply(
    state: Pass,
    trained: TrainedLayer,
    x: str,
    *,
    kind: str,
    window: Any,
    **attributes: Any,
) -> str:
    """Add a plain or transposed convolution.

    Args:
        state: graph and sequence lengths.
        trained: layer to add.
        x: name of the input (n, *space, c).
        kind: name of the operation.
        window: object with the padding, stride and dilation.
        **attributes: additional attributes of the operation.
    """
    graph, layer = state.graph, trained.layer
    x = fill_padding(graph, x, state.lengths, layer.input_shape)
    kernel = np.moveaxis(trained.array("kernel"), (-1, -2), (0, 1))
    bias, rank = trained.optional("bias"), kernel.ndim - 2
    constants = [graph.constant(a) for a in (kernel, bias) if a is not None]
    y = graph.op(
        kind,
        channels_first(graph, x, rank),
        *constants,
        pads=pads(window.padding),
        strides=list(window.stride),
        dilations=list(window.dilation),
        group=layer.groups,
        **attributes,
    )
    return channels_last(graph, y, rank)
