"""Write schedules.json with the factors of each schedule from PyTorch.

python tests/reference/make_schedules.py
"""

import json
from pathlib import Path

import torch
from torch.optim import lr_scheduler as torch_schedules

TOTAL = 50
VALUES = [3.0, 2.0, 2.0, 2.5, 1.0, 1.5, float("nan"), 1.2, 0.9, 0.9, 0.9, 0.9, 0.8]


def optimizer():
    """Return an optimizer with a base rate of 1, whose rate is the factor."""
    return torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)


def step(o, h):
    """Drop every round(drop_every * total) iterations."""
    size = round(h["drop_every"] * TOTAL)
    return torch_schedules.StepLR(o, size, gamma=h["decay"])


def exponential(o, h):
    """Spread the final factor over all iterations."""
    return torch_schedules.ExponentialLR(o, h["final_fraction"] ** (1 / TOTAL))


def linear(o, h):
    """Fall from 1 to the final factor."""
    return torch_schedules.LinearLR(
        o, start_factor=1.0, end_factor=h["final_fraction"], total_iters=TOTAL
    )


def polynomial(o, h):
    """Fall to 0, which is the only end value that PyTorch supports."""
    return torch_schedules.PolynomialLR(o, total_iters=TOTAL, power=h["power"])


def cosine(o, h, total=TOTAL):
    """Fall along half a cosine."""
    return torch_schedules.CosineAnnealingLR(o, total, eta_min=h["final_fraction"])


def flat_cosine(o, h):
    """Run two schedules one after the other."""
    num_flat = round(h["flat_fraction"] * TOTAL)
    flat = torch_schedules.LambdaLR(o, lambda i: 1.0)
    parts = [flat, cosine(o, h, TOTAL - num_flat)]
    return torch_schedules.SequentialLR(o, parts, milestones=[num_flat])


def warmup(o, h):
    """Rise linearly from 1 / (num_warmup + 1)."""
    num_warmup = round(h["warmup_fraction"] * TOTAL)
    start = 1 / (num_warmup + 1)
    return torch_schedules.LinearLR(o, start_factor=start, total_iters=num_warmup)


def warmup_cosine(o, h):
    """Run two schedules one after the other."""
    num_warmup = round(h["warmup_fraction"] * TOTAL)
    parts = [warmup(o, h), cosine(o, h, TOTAL - num_warmup)]
    return torch_schedules.SequentialLR(o, parts, milestones=[num_warmup])


def one_cycle(o, h):
    """Shift PyTorch's phases, which end at pct * steps - 1 and at steps - 1."""
    return torch_schedules.OneCycleLR(
        o,
        max_lr=1.0,
        total_steps=TOTAL + 1,
        pct_start=(h["peak_fraction"] * TOTAL + 1) / (TOTAL + 1),
        div_factor=1 / h["initial_fraction"],
        final_div_factor=h["initial_fraction"] / h["final_fraction"],
    )


CASES = [
    ("constant", {}, lambda o, h: torch_schedules.LambdaLR(o, lambda i: 1.0)),
    ("step", {"drop_every": 0.3, "decay": 0.1}, step),
    ("step", {"drop_every": 0.02, "decay": 0.9}, step),
    ("exponential", {"final_fraction": 0.01}, exponential),
    ("linear", {"final_fraction": 0.0}, linear),
    ("linear", {"final_fraction": 0.2}, linear),
    ("polynomial", {"power": 2.0, "final_fraction": 0.0}, polynomial),
    ("polynomial", {"power": 0.5, "final_fraction": 0.0}, polynomial),
    ("cosine", {"final_fraction": 0.0}, cosine),
    ("cosine", {"final_fraction": 0.1}, cosine),
    ("flat_cosine", {"flat_fraction": 0.5, "final_fraction": 0.0}, flat_cosine),
    ("flat_cosine", {"flat_fraction": 0.2, "final_fraction": 0.1}, flat_cosine),
    ("warmup", {"warmup_fraction": 0.1}, warmup),
    ("warmup_cosine", {"warmup_fraction": 0.1, "final_fraction": 0.0}, warmup_cosine),
    ("warmup_cosine", {"warmup_fraction": 0.4, "final_fraction": 0.1}, warmup_cosine),
    (
        "one_cycle",
        {"peak_fraction": 0.3, "initial_fraction": 0.04, "final_fraction": 4e-6},
        one_cycle,
    ),
    (
        "one_cycle",
        {"peak_fraction": 0.5, "initial_fraction": 0.5, "final_fraction": 0.1},
        one_cycle,
    ),
]


def reference(name, hyperparameters, build):
    """Return a case with the factors at iterations 0..TOTAL."""
    o = optimizer()
    schedule = build(o, hyperparameters)
    factors = [o.param_groups[0]["lr"]]
    for _ in range(TOTAL):
        o.step()
        schedule.step()
        factors.append(o.param_groups[0]["lr"])
    return {"name": name, "hyperparameters": hyperparameters, "factors": factors}


def plateau_reference(patience, decay):
    """Return the factor after each of the values."""
    o = optimizer()
    schedule = torch_schedules.ReduceLROnPlateau(
        o, factor=decay, patience=patience, threshold=0.0
    )
    factors = []
    for value in VALUES:
        schedule.step(value)
        factors.append(o.param_groups[0]["lr"])
    hyperparameters = {"patience_epochs": patience, "decay": decay}
    return {"hyperparameters": hyperparameters, "factors": factors}


if __name__ == "__main__":
    contents = {
        "total_iterations": TOTAL,
        "cases": [reference(*case) for case in CASES],
        "values": [None if value != value else value for value in VALUES],
        "on_plateau": [plateau_reference(*pair) for pair in ((0, 0.5), (1, 0.1))],
    }
    path = Path(__file__).with_name("schedules.json")
    path.write_text(json.dumps(contents) + "\n")
