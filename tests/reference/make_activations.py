"""Write activations.json with values and derivatives of activations from PyTorch.

python tests/reference/make_activations.py
"""

import json
import math
from pathlib import Path

import torch
from torch.nn import functional as F  # noqa: N812 - as PyTorch's documents name it

# Without 0, where the derivative of the ReLU family is a convention.
X = [-100.0, -30.0, *(i / 4 + 0.125 for i in range(-20, 20)), 30.0, 100.0]
ROWS = [[0.5, -1.0, 2.0], [100.0, 99.0, -50.0], [0.0, 0.0, 0.0]]

CASES = [
    ("identity", {}, lambda x: x * 1),
    ("sigmoid", {}, torch.sigmoid),
    ("tanh", {}, torch.tanh),
    ("isru", {"alpha": 1.0}, lambda x: x / torch.sqrt(1 + x * x)),
    ("isru", {"alpha": 0.25}, lambda x: x / torch.sqrt(1 + x * x / 4)),
    ("relu", {}, F.relu),
    ("leaky_relu", {"negative_slope": 0.01}, lambda x: F.leaky_relu(x, 0.01)),
    ("leaky_relu", {"negative_slope": 0.2}, lambda x: F.leaky_relu(x, 0.2)),
    (
        "parametric_relu",
        {"negative_slope": 0.25},
        lambda x: F.prelu(x, torch.tensor([0.25], dtype=x.dtype)),
    ),
    ("elu", {"alpha": 1.0}, F.elu),
    ("elu", {"alpha": 0.5}, lambda x: F.elu(x, 0.5)),
    ("gelu", {}, F.gelu),
    ("silu", {}, F.silu),
    # F.hardsigmoid has the slope 1/6 in float32 only
    ("hard_sigmoid", {"slope": 1 / 6}, lambda x: (x / 6 + 0.5).clamp(0, 1)),
    ("hard_sigmoid", {"slope": 0.2}, lambda x: (0.2 * x + 0.5).clamp(0, 1)),
    ("softsign", {}, F.softsign),
    ("relu6", {}, F.relu6),
    ("celu", {"alpha": 1.0}, F.celu),
    ("celu", {"alpha": 0.5}, lambda x: F.celu(x, 0.5)),
    ("selu", {}, F.selu),
    ("gelu_tanh", {}, lambda x: gelu_tanh(x)),
    ("hard_swish", {}, F.hardswish),
    ("mish", {}, F.mish),
    ("softplus", {}, lambda x: F.softplus(x, threshold=1000)),
]


def gelu_tanh(x):
    """Return F.gelu's approximation without its loss of digits for negative x."""
    y = x * torch.sigmoid((8 / math.pi) ** 0.5 * (x + 0.044715 * x**3))
    torch.testing.assert_close(y, F.gelu(x, approximate="tanh"), rtol=0, atol=1e-13)
    return y


def reference(name, hyperparameters, function):
    """Return a case with the values and derivatives at X."""
    x = torch.tensor(X, dtype=torch.float64, requires_grad=True)
    y = function(x)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    return {
        "name": name,
        "hyperparameters": hyperparameters,
        "x": X,
        "y": y.tolist(),
        "derivative": gradient.tolist(),
    }


def rows_reference(name):
    """Return the case of softmax or log softmax, with full matrices of derivatives."""
    rows = torch.tensor(ROWS, dtype=torch.float64)
    function = getattr(torch, name)
    matrices = [
        torch.autograd.functional.jacobian(lambda x: function(x, -1), row).tolist()
        for row in rows
    ]
    return {
        "name": name,
        "hyperparameters": {},
        "x": ROWS,
        "y": function(rows, -1).tolist(),
        "derivative": matrices,
    }


if __name__ == "__main__":
    cases = [reference(*case) for case in CASES]
    cases += [rows_reference(name) for name in ("softmax", "log_softmax")]
    path = Path(__file__).with_name("activations.json")
    path.write_text(json.dumps(cases) + "\n")
