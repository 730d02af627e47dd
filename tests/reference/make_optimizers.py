"""Write optimizers.json with ten updates of each optimizer from PyTorch.

python tests/reference/make_optimizers.py
"""

import json
from pathlib import Path

import torch

NUM_UPDATES = 10
LEARNING_RATE = 0.1

# PyTorch adds Adagrad's epsilon outside the root, Optax inside. With an epsilon this
# small, the results are equal.
CASES = [
    ("sgd", {}, torch.optim.SGD, {}),
    ("momentum", {"momentum": 0.9}, torch.optim.SGD, {"momentum": 0.9}),
    ("momentum", {"momentum": 0.0}, torch.optim.SGD, {}),
    (
        "damped_momentum",
        {"momentum": 0.9, "dampening": 0.4},
        torch.optim.SGD,
        {"momentum": 0.9, "dampening": 0.4},
    ),
    (
        "nesterov",
        {"momentum": 0.8},
        torch.optim.SGD,
        {"momentum": 0.8, "nesterov": True},
    ),
    *(
        (
            "adagrad",
            {"initial_accumulator": start, "epsilon": 1e-20},
            torch.optim.Adagrad,
            {"initial_accumulator_value": start, "eps": 1e-20},
        )
        for start in (0.0, 0.1)
    ),
    (
        "rmsprop",
        {"decay": 0.9, "epsilon": 1e-3},
        torch.optim.RMSprop,
        {"alpha": 0.9, "eps": 1e-3},
    ),
    (
        "adadelta",
        {"decay": 0.9, "epsilon": 1e-6},
        torch.optim.Adadelta,
        {"rho": 0.9, "eps": 1e-6},
    ),
    (
        "adam",
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
        torch.optim.Adam,
        {"betas": (0.9, 0.999), "eps": 1e-8},
    ),
    (
        "adam",
        {"beta1": 0.5, "beta2": 0.8, "epsilon": 1e-2},
        torch.optim.Adam,
        {"betas": (0.5, 0.8), "eps": 1e-2},
    ),
    (
        "adamw",
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.3},
        torch.optim.AdamW,
        {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 0.3},
    ),
]


def start_and_gradients():
    """Return the parameters (w, b) and the gradients at each update."""
    generator = torch.Generator().manual_seed(0)

    def draw():
        shapes = ((3, 2), (2,))
        return [
            torch.randn(*shape, generator=generator, dtype=torch.float64)
            for shape in shapes
        ]

    start = draw()
    gradients = [draw() for _ in range(NUM_UPDATES)]
    for w, b in gradients:
        w[0, 0] = 0.0  # a parameter that never receives a gradient
        b *= 1e-3
    return start, gradients


def reference(name, hyperparameters, build, arguments):
    """Return a case with the parameters after each update."""
    start, gradients = start_and_gradients()
    parameters = [torch.nn.Parameter(array.clone()) for array in start]
    optimizer = build(parameters, lr=LEARNING_RATE, **arguments)
    path = []
    for gradient in gradients:
        for parameter, array in zip(parameters, gradient, strict=True):
            parameter.grad = array.clone()
        optimizer.step()
        path.append([parameter.tolist() for parameter in parameters])
    return {"name": name, "hyperparameters": hyperparameters, "parameters": path}


if __name__ == "__main__":
    start, gradients = start_and_gradients()
    contents = {
        "learning_rate": LEARNING_RATE,
        "start": [array.tolist() for array in start],
        "gradients": [[array.tolist() for array in pair] for pair in gradients],
        "cases": [reference(*case) for case in CASES],
    }
    path = Path(__file__).with_name("optimizers.json")
    path.write_text(json.dumps(contents) + "\n")
