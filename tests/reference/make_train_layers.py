"""Create train_layers.npz with values, gradients and statistics of PyTorch's layers.

python tests/reference/make_train_layers.py
"""

from pathlib import Path

import numpy as np
import torch


def kept(prefix, **tensors):
    """Name tensors for the file."""
    return {f"{prefix}_{k}": v.detach().numpy().copy() for k, v in tensors.items()}


def dense():
    layer = torch.nn.Linear(5, 3)
    x = torch.randn(7, 5, requires_grad=True)
    y = layer(x)
    g = torch.randn(y.shape)
    y.backward(g)
    return kept(
        "dense",
        x=x,
        g=g,
        y=y,
        dx=x.grad,
        kernel=layer.weight.T,  # PyTorch stores (units, inputs)
        bias=layer.bias,
        dkernel=layer.weight.grad.T,
        dbias=layer.bias.grad,
    )


def batch_norm():
    """Compute three batches in training mode and one in inference mode."""
    layer = torch.nn.BatchNorm1d(4, momentum=0.3, eps=1e-3)
    torch.nn.init.normal_(layer.weight)
    torch.nn.init.normal_(layer.bias)
    data = kept("norm", scale=layer.weight, bias=layer.bias)
    for i in range(3):
        x = (torch.randn(6, 4) * 2 + 1).requires_grad_()
        layer.zero_grad()
        y = layer(x)
        g = torch.randn(y.shape)
        y.backward(g)
        data |= kept(
            f"norm{i}",
            x=x,
            g=g,
            y=y,
            dx=x.grad,
            dscale=layer.weight.grad,
            dbias=layer.bias.grad,
            mean=layer.running_mean,
            variance=layer.running_var,
        )
    layer.eval()
    x = torch.randn(2, 4)
    return data | kept("inference", x=x, y=layer(x))


def main():
    torch.manual_seed(0)
    path = Path(__file__).with_name("train_layers.npz")
    np.savez_compressed(path, **dense(), **batch_norm())


if __name__ == "__main__":
    main()
