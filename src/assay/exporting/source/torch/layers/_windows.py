"""Convolutions and pooling in PyTorch."""

from typing import Any

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting._windows import Pairs, extended_padding, is_plain
from assay.exporting.source._code import Code
from assay.exporting.source._layer_parts import average_pool
from assay.exporting.source._lengths import upsampled_lengths, window_lengths
from assay.exporting.source.torch._registry import translates
from assay.exporting.source.torch._through import through

__all__: list[str] = []

_LEAST = "torch.finfo(torch.float32).min"


def _pad(code: Code, padding: Pairs, value: str = "0.0") -> None:
    """Pad x (n, *space, c) at both ends of each spatial axis."""
    if any(map(any, padding)):
        widths = [0, 0] + [n for pair in reversed(padding) for n in pair]
        code.run(f"x = F.pad(x, {tuple(widths)}, value={value})")


@translates(spec.Convolution, spec.DepthwiseConvolution)
def _convolution(code: Code, trained: TrainedLayer) -> None:
    window = trained.layer.window
    code.fill()
    options = {"stride": window.stride, "dilation": window.dilation}
    if all(low == high for low, high in window.padding):
        options["padding"] = tuple(low for low, _ in window.padding)
    else:
        _pad(code, window.padding)
    _add(code, trained, "Conv", options)
    window_lengths(code, window)


@translates(spec.TransposedConvolution)
def _transposed_convolution(code: Code, trained: TrainedLayer) -> None:
    layer = trained.layer
    code.fill()
    options = {
        "stride": layer.stride,
        "dilation": layer.dilation,
        "output_padding": layer.extra,
    }
    _add(code, trained, "ConvTranspose", options)
    if any(map(any, layer.padding)):  # crop the output afterwards
        pairs = zip(layer.padding, layer.output_shape[:-1], strict=True)
        cuts = ", ".join(f"{low}:{low + size}" for (low, _), size in pairs)
        code.run(f"x = x[:, {cuts}]")
    upsampled_lengths(code, layer)


def _add(
    code: Code,
    trained: TrainedLayer,
    name_of_class: str,
    options: dict[str, Any],
) -> None:
    """Add a plain or transposed convolution.

    Args:
        code: code to which the lines are added.
        trained: layer to add.
        name_of_class: name of the class, without the number of axes.
        options: additional arguments of the class.
    """
    channels = trained.layer.input_shape[-1]
    bias, layer = trained.optional("bias"), trained.layer
    weight = np.moveaxis(trained.array("kernel"), (-1, -2), (0, 1))
    size = weight.shape[2:]
    texts = [f"{name}={value}" for name, value in options.items()]
    texts += [f"groups={layer.groups}"] if layer.groups > 1 else []
    texts += [] if bias is not None else ["bias=False"]
    arguments = ", ".join([f"{channels}, {layer.filters}, {size}", *texts])
    expression = f"nn.{name_of_class}{len(size)}d({arguments})"
    part = code.layer(trained.name, expression, {"weight": weight, "bias": bias})
    through(code, part, len(size))


@translates(spec.MaxPool1D, spec.MaxPool2D, spec.MaxPool3D)
def _max_pool(code: Code, trained: TrainedLayer) -> None:
    window = trained.layer.window
    rank = len(window.size)
    code.fill(_LEAST)
    _pad(code, extended_padding(window), _LEAST)
    gaps = f", dilation={window.dilation}" if window.has_gaps else ""
    expression = f"nn.MaxPool{rank}d({window.size}, {window.stride}{gaps})"
    through(code, code.layer(trained.name, expression, {}), rank)
    if code.uneven and window.has_gaps:  # some windows may contain only padding
        code.run(f"x = torch.where(x == {_LEAST}, 0.0, x)")
    window_lengths(code, window)
    code.fill()


@translates(spec.AveragePool1D, spec.AveragePool2D, spec.AveragePool3D)
def _average_pool(code: Code, trained: TrainedLayer) -> None:
    window, count_padding = trained.layer.window, trained.layer.count_padding
    rank, padding = len(window.size), window.padding
    every_place_counts = count_padding or not any(map(any, padding))
    if not code.uneven and is_plain(window) and every_place_counts:
        _pad(code, padding)
        expression = f"nn.AvgPool{rank}d({window.size}, {window.stride})"
        through(code, code.layer(trained.name, expression, {}), rank)
        return
    average_pool(code, trained, "pad_space", "window_sum")


@translates(spec.GlobalMaxPool)
def _global_max_pool(code: Code, trained: TrainedLayer) -> None:
    axes = tuple(range(1, len(trained.layer.input_shape)))
    code.fill(_LEAST)
    code.run(f"x = x.amax({axes})")
    if code.uneven:
        code.run("x = torch.where(lengths[:, None] > 0, x, 0.0)")
    code.uneven = False


@translates(spec.GlobalAveragePool)
def _global_average_pool(code: Code, trained: TrainedLayer) -> None:
    axes = tuple(range(1, len(trained.layer.input_shape)))
    code.fill()
    if code.uneven:
        code.run("x = x.sum(1) / lengths.clamp(min=1)[:, None]")
    else:
        code.run(f"x = x.mean({axes})")
    code.uneven = False
