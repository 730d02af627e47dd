"""Write activations.json with values and derivatives of activations from PyTorch.

python tests/reference/make_activations.py
"""

import json
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
    ("softplus", {}, lambda x: F.softplus(x, threshold=1000)),
]


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


def softmax_reference():
    """Return the case of softmax, with the full matrix of derivatives for each row."""
    rows = torch.tensor(ROWS, dtype=torch.float64)
    matrices = [
        torch.autograd.functional.jacobian(lambda x: x.softmax(-1), row).tolist()
        for row in rows
    ]
    return {
        "name": "softmax",
        "hyperparameters": {},
        "x": ROWS,
        "y": rows.softmax(-1).tolist(),
        "derivative": matrices,
    }


if __name__ == "__main__":
    cases = [reference(*case) for case in CASES] + [softmax_reference()]
    path = Path(__file__).with_name("activations.json")
    path.write_text(json.dumps(cases) + "\n")
