"""Builds a network from PyTorch's layers, with Assay's parameters."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from assay import spec

__all__ = ["Net", "kernels_of"]

_PLAIN = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}
_CONVOLUTIONS = {"conv1d": nn.Conv1d, "conv2d": nn.Conv2d}
_POOLS = {"max_pool1d": nn.MaxPool1d, "max_pool2d": nn.MaxPool2d}
_NORMS = {1: nn.BatchNorm1d, 2: nn.BatchNorm1d, 3: nn.BatchNorm2d}
_WALKS = {"lstm": nn.LSTM, "gru": nn.GRU}
Start = Mapping[int, Mapping[str, np.ndarray]]


class Net(nn.Module):
    """A sequence of layers that maps examples (channels last) to raw outputs.

    Images stay in PyTorch's "channels_last" memory format, so permuting the axes does
    not copy data.

    Args:
        layers: specs of all layers except the output layer.
        input_shape: shape of an example, channels last.
        num_outputs: number of outputs.
    """

    def __init__(
        self,
        layers: Sequence[spec.Layer],
        input_shape: tuple[int, ...],
        num_outputs: int,
    ) -> None:
        super().__init__()
        self.windowed = any(isinstance(layer, spec.Window) for layer in layers)
        made: list[nn.Module] = []
        shape = input_shape
        for layer in [*layers, spec.Dense(num_outputs)]:
            made.append(_module(layer, shape))
            shape = _output_shape(made[-1], shape, windowed=self.windowed)
        self.layers = nn.Sequential(*made)
        if len(input_shape) == 3:
            self.to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the raw outputs."""
        return self.layers(x.movedim(-1, 1) if self.windowed else x)

    @torch.no_grad()
    def load(self, start: Start) -> None:
        """Load parameters in Assay's layout and reset the running statistics."""
        for place, module in enumerate(self.layers):
            if isinstance(module, nn.BatchNorm1d | nn.BatchNorm2d):
                module.reset_running_stats()
            for name, value in start.get(place, {}).items():
                _copy(module, name, torch.from_numpy(value))


def kernels_of(net: Net) -> tuple[list[Any], list[Any]]:
    """Return the parameters with an L2 penalty and those without."""
    kernels = [p for p in net.parameters() if p.ndim > 1]
    return kernels, [p for p in net.parameters() if p.ndim <= 1]


class _ChannelsLast(nn.Flatten):
    """Flattens images in their memory order."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.movedim(1, -1) if x.ndim > 2 else x)


class _Walk(nn.Module):
    """A recurrent layer that returns all states or only the last one."""

    def __init__(self, layer: spec.Recurrent, channels: int) -> None:
        super().__init__()
        self.every = layer.return_sequences
        kind = _WALKS[layer.kind]
        both = {"batch_first": True, "bidirectional": layer.bidirectional}
        self.walk = kind(channels, layer.units, **both)
        # Assay's layer has only one bias; with two, learning would be faster.
        if layer.kind == "lstm":
            for name, value in self.walk.named_parameters():
                value.requires_grad_("bias_hh" not in name)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        states, last = self.walk(x)
        if self.every:
            return states
        hidden = last[0] if isinstance(last, tuple) else last
        return hidden.movedim(0, 1).flatten(1)


def _module(layer: spec.Layer, shape: tuple[int, ...]) -> nn.Module:
    """Return the PyTorch layer for a spec and an example shape (*space, channels)."""
    made: Any = layer
    match layer:
        case spec.Dense():
            return nn.Linear(shape[-1], made.units)
        case spec.Convolution():
            padding = made.padding
            how = {"stride": made.stride, "padding": padding}
            return _CONVOLUTIONS[layer.kind](shape[-1], made.filters, made.size, **how)
        case spec.Pooling():
            return _POOLS[layer.kind](made.size)
        case spec.BatchNorm():
            return _NORMS[len(shape)](shape[-1], made.epsilon, made.momentum)
        case spec.Dropout():
            return nn.Dropout(made.rate)
        case spec.Recurrent():
            return _Walk(layer, shape[-1])
        case spec.Flatten():
            return _ChannelsLast()
    return _PLAIN[layer.kind]()


@torch.no_grad()
def _output_shape(
    module: nn.Module, shape: tuple[int, ...], *, windowed: bool
) -> tuple[int, ...]:
    """Call a layer and return its output shape."""
    module.eval()
    x = torch.zeros(1, *shape)
    channels_second = windowed and len(shape) > 1
    y = module(x.movedim(-1, 1) if channels_second else x)
    module.train()
    y = y.movedim(1, -1) if windowed and y.ndim > 2 else y
    return tuple(y.shape[1:])


def _copy(module: nn.Module, name: str, value: torch.Tensor) -> None:
    """Copy one of Assay's parameters into a layer."""
    if isinstance(module, _Walk):
        _copy_walk(module.walk, name, value)
        return
    target: Any = module.bias if name == "bias" else module.weight
    if name == "kernel":  # (*window, inputs, outputs) -> (outputs, inputs, *window)
        value = value.movedim((-1, -2), (0, 1))
    target.copy_(value)


def _copy_walk(walk: Any, name: str, value: torch.Tensor) -> None:
    """Copy a parameter into a recurrent layer, which has a second bias in PyTorch."""
    suffix = "_reverse" if name.startswith("backward_") else ""
    name = name.removeprefix("backward_")
    names = {"kernel": "weight_ih", "recurrent_kernel": "weight_hh", "bias": "bias_ih"}
    if name == "recurrent_bias":
        getattr(walk, f"bias_hh_l0{suffix}")[-len(value) :] = value
        return
    getattr(walk, f"{names[name]}_l0{suffix}").copy_(value.T)
    if name == "bias":
        getattr(walk, f"bias_hh_l0{suffix}").zero_()
