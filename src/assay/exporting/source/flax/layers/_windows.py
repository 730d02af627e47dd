"""Convolutions and pooling in Flax NNX."""

from typing import Any

import numpy as np

from assay import spec
from assay.exporting._trained_layers import TrainedLayer
from assay.exporting._windows import extended_padding, is_plain
from assay.exporting.source._code import Code
from assay.exporting.source._layer_parts import average_pool
from assay.exporting.source._lengths import upsampled_lengths, window_lengths
from assay.exporting.source.flax._registry import translates

__all__: list[str] = []

_LEAST = "np.finfo(np.float32).min"


@translates(spec.Convolution, spec.DepthwiseConvolution)
def _convolution(code: Code, trained: TrainedLayer) -> None:
    window = trained.layer.window
    code.fill()
    options = {
        "strides": window.stride,
        "padding": window.padding,
        "kernel_dilation": window.dilation,
    }
    _add(code, trained, trained.array("kernel"), options)
    window_lengths(code, window)


@translates(spec.TransposedConvolution)
def _transposed_convolution(code: Code, trained: TrainedLayer) -> None:
    """Add an equivalent convolution that inserts gaps between the input rows."""
    layer = trained.layer
    code.fill()
    axes = zip(layer.size, layer.dilation, layer.padding, layer.extra, strict=True)
    padding = tuple(
        (d * (f - 1) - low, d * (f - 1) - high + extra)
        for f, d, (low, high), extra in axes
    )
    options = {
        "padding": padding,
        "input_dilation": layer.stride,
        "kernel_dilation": layer.dilation,
    }
    _add(code, trained, _turned(trained.array("kernel"), layer.groups), options)
    upsampled_lengths(code, layer)


def _turned(kernel: np.ndarray, groups: int) -> np.ndarray:
    """Flip a kernel, and transpose (*size, k / groups, c) to (*size, c / groups, k)."""
    *size, outputs, channels = kernel.shape
    turned = np.flip(kernel, axis=tuple(range(len(size))))
    by_group = turned.reshape(*size, outputs, groups, channels // groups)
    swapped = np.moveaxis(by_group, (-1, -2, -3), (-3, -2, -1))
    return swapped.reshape(*size, channels // groups, groups * outputs)


def _add(
    code: Code, trained: TrainedLayer, kernel: np.ndarray, options: dict[str, Any]
) -> None:
    bias = trained.optional("bias")
    *size, inputs, filters = kernel.shape
    groups = trained.layer.groups
    texts = [f"{name}={value}" for name, value in options.items()]
    texts += [f"feature_group_count={groups}"] if groups > 1 else []
    texts += [] if bias is not None else ["use_bias=False"]
    arguments = ", ".join([f"{inputs * groups}, {filters}, {tuple(size)}", *texts])
    expression = f"nnx.Conv({arguments}, rngs=rngs)"
    name = code.layer(trained.name, expression, {"kernel": kernel, "bias": bias})
    code.run(f"x = {name}(x)")


def _arguments(window: Any) -> str:
    return f"{window.size}, {window.stride}, {window.padding}"


@translates(spec.MaxPool1D, spec.MaxPool2D, spec.MaxPool3D)
def _max_pool(code: Code, trained: TrainedLayer) -> None:
    window = trained.layer.window
    code.fill(_LEAST)
    if is_plain(window):
        code.run(f"x = nnx.max_pool(x, {_arguments(window)})")
    else:
        code.uses("in_windows")
        widths = ((0, 0), *extended_padding(window), (0, 0))
        code.run(f"x = jnp.pad(x, {widths}, constant_values={_LEAST})")
        windows = f"{window.size}, {window.stride}, {window.dilation}"
        code.run(f"x = in_windows(x, -jnp.inf, jax.lax.max, {windows})")
    if code.uneven and window.has_gaps:  # some windows may contain only padding
        code.run(f"x = jnp.where(x == {_LEAST}, 0.0, x)")
    window_lengths(code, window)
    code.fill()


@translates(spec.AveragePool1D, spec.AveragePool2D, spec.AveragePool3D)
def _average_pool(code: Code, trained: TrainedLayer) -> None:
    window, count_padding = trained.layer.window, trained.layer.count_padding
    if not code.uneven and is_plain(window):
        arguments = f"{_arguments(window)}, count_include_pad={count_padding}"
        code.run(f"x = nnx.avg_pool(x, {arguments})")
        return
    average_pool(code, trained, "in_windows")


@translates(spec.GlobalMaxPool)
def _global_max_pool(code: Code, trained: TrainedLayer) -> None:
    axes = tuple(range(1, len(trained.layer.input_shape)))
    code.fill(_LEAST)
    code.run(f"x = x.max({axes})")
    if code.uneven:
        code.run("x = jnp.where(lengths[:, None] > 0, x, 0.0)")
    code.uneven = False


@translates(spec.GlobalAveragePool)
def _global_average_pool(code: Code, trained: TrainedLayer) -> None:
    axes = tuple(range(1, len(trained.layer.input_shape)))
    code.fill()
    if code.uneven:
        code.run("x = x.sum(1) / jnp.maximum(lengths, 1)[:, None]")
    else:
        code.run(f"x = x.mean({axes})")
    code.uneven = False
