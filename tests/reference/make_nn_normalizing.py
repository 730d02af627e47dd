"""Create nn_normalizing.npz with values and gradients of PyTorch's normalizations.

python tests/reference/make_nn_normalizing.py
"""

from pathlib import Path

import numpy as np
import torch


def main():
    torch.manual_seed(0)
    data = {}
    for name, relu in (("batch", False), ("batch_relu", True)):
        layer = torch.nn.BatchNorm2d(4, momentum=1.0)
        torch.nn.init.normal_(layer.weight)
        torch.nn.init.normal_(layer.bias)
        x = (torch.randn(3, 4, 5, 2) + 1).requires_grad_()
        y = layer(x).relu() if relu else layer(x)
        g = torch.randn(y.shape)
        y.backward(g)
        data |= {f"{name}_{key}": v.detach().movedim(1, -1).numpy() for key, v in
                 {"x": x, "y": y, "g": g, "dx": x.grad}.items()}  # fmt: skip
        data |= {f"{name}_{key}": v.detach().numpy() for key, v in {
            "scale": layer.weight, "bias": layer.bias, "dscale": layer.weight.grad,
            "dbias": layer.bias.grad, "mean": layer.running_mean,
            "variance": layer.running_var}.items()}  # fmt: skip
        layer.eval()
        data[f"{name}_inference"] = layer(x).detach().movedim(1, -1).numpy()
    layer = torch.nn.LayerNorm((5, 4))
    torch.nn.init.normal_(layer.weight)
    torch.nn.init.normal_(layer.bias)
    x = (torch.randn(3, 5, 4) + 1).requires_grad_()
    y = layer(x)
    g = torch.randn(y.shape)
    y.backward(g)
    data |= {f"layer_{key}": v.detach().numpy() for key, v in {
        "x": x, "y": y, "g": g, "dx": x.grad, "scale": layer.weight,
        "bias": layer.bias, "dscale": layer.weight.grad, "dbias": layer.bias.grad,
    }.items()}  # fmt: skip
    np.savez_compressed(Path(__file__).with_name("nn_normalizing.npz"), **data)


if __name__ == "__main__":
    main()
