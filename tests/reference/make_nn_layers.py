"""Create nn_layers.npz with values and gradients of PyTorch's layers.

Arrays are named as in Assay. Channels come last, and kernels are
(*size, inputs, outputs). Sequences have lengths 5, 3 and 1 and are packed.

    python tests/reference/make_nn_layers.py
"""

from pathlib import Path

import numpy as np
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

torch.manual_seed(0)  # before the layers below are created
LENGTHS = torch.tensor([5, 3, 1])
CONVOLUTIONS = {
    "conv1d": (torch.nn.Conv1d(3, 5, 4, padding=2), (2, 7, 3)),
    "conv2d": (
        torch.nn.Conv2d(4, 6, 3, stride=2, padding=1, dilation=2, groups=2),
        (2, 7, 8, 4),
    ),
    "conv3d": (torch.nn.Conv3d(2, 3, (1, 2, 3), stride=(1, 2, 1)), (2, 3, 5, 4, 2)),
    "depthwise_conv2d": (torch.nn.Conv2d(3, 6, 3, padding=1, groups=3), (2, 4, 5, 3)),
    "conv_transpose2d": (
        torch.nn.ConvTranspose2d(
            4, 6, 3, stride=2, padding=1, output_padding=1, groups=2
        ),
        (2, 3, 4, 4),
    ),
}
RECURRENT = {"simple_rnn": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


def kept(prefix, **arrays):
    """Name arrays for the file."""
    return {f"{prefix}_{k}": np.ascontiguousarray(v) for k, v in arrays.items()}


def plain(tensor):
    return tensor.detach().numpy().copy()


def convolution(name, layer, shape):
    x = torch.randn(shape, requires_grad=True)
    y = layer(x.movedim(-1, 1)).movedim(1, -1)
    g = torch.randn(y.shape)
    y.backward(g)
    axes = (*range(2, len(shape)), 1, 0)
    return kept(
        name,
        x=plain(x),
        y=plain(y),
        g=plain(g),
        dx=plain(x.grad),
        kernel=plain(layer.weight).transpose(axes),
        bias=plain(layer.bias),
        dkernel=plain(layer.weight.grad).transpose(axes),
        dbias=plain(layer.bias.grad),
    )


def recurrent(name, layer_class):
    layer = layer_class(3, 4, batch_first=True, bidirectional=True)
    x = torch.randn(3, 5, 3, requires_grad=True)
    packed = pack_padded_sequence(x, LENGTHS, batch_first=True)
    y, _ = pad_packed_sequence(layer(packed)[0], batch_first=True)
    g = torch.randn(y.shape)
    y.backward(g)
    parameters = {}
    for ours, theirs in (("", "l0"), ("backward_", "l0_reverse")):
        found = {
            part: getattr(layer, f"{part}_{theirs}")
            for part in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
        }
        for mark, values in (
            ("", {k: plain(v) for k, v in found.items()}),
            ("d", {k: plain(v.grad) for k, v in found.items()}),
        ):
            named = renamed(name, values, gradient=mark == "d")
            parameters |= {f"{mark}{ours}{k}": v for k, v in named.items()}
    arrays = {"x": plain(x), "y": plain(y), "g": plain(g), "dx": plain(x.grad)}
    return kept(name, **arrays, **parameters)


def renamed(name, values, *, gradient):
    """Rename arrays and add PyTorch's two biases, whose gradients are equal."""
    bias = values["bias_ih"] if gradient else values["bias_ih"] + values["bias_hh"]
    ours = {"kernel": values["weight_ih"].T, "recurrent_kernel": values["weight_hh"].T}
    if name == "gru":  # the candidate's two biases remain separate
        bias[8:] = values["bias_ih"][8:]
        ours["recurrent_bias"] = values["bias_hh"][8:]
    return ours | {"bias": bias}


def layer_norm():
    layer = torch.nn.LayerNorm(4, eps=1e-3)
    torch.nn.init.normal_(layer.weight)
    torch.nn.init.normal_(layer.bias)
    x = torch.randn(3, 5, 4, requires_grad=True)
    y = layer(x)
    g = torch.randn(y.shape)
    y.backward(g)
    return kept(
        "layer_norm",
        x=plain(x),
        y=plain(y),
        g=plain(g),
        dx=plain(x.grad),
        scale=plain(layer.weight),
        bias=plain(layer.bias),
        dscale=plain(layer.weight.grad),
        dbias=plain(layer.bias.grad),
    )


def embedding():
    layer = torch.nn.Embedding(7, 3)
    x = torch.randint(0, 7, (2, 5))
    y = layer(x)
    g = torch.randn(y.shape)
    y.backward(g)
    return kept(
        "embedding",
        x=plain(x).astype(np.float32),
        y=plain(y),
        g=plain(g),
        kernel=plain(layer.weight),
        dkernel=plain(layer.weight.grad),
    )


def main():
    data = {"lengths": LENGTHS.numpy()}
    for name, (layer, shape) in CONVOLUTIONS.items():
        data |= convolution(name, layer, shape)
    for name, layer_class in RECURRENT.items():
        data |= recurrent(name, layer_class)
    data |= layer_norm() | embedding()
    np.savez_compressed(Path(__file__).with_name("nn_layers.npz"), **data)


if __name__ == "__main__":
    main()
