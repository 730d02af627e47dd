"""Write costs.json: losses, their gradients and weighted costs by PyTorch.

python tests/data/make_costs.py
"""

import json
from pathlib import Path

import torch
from torch.distributions import Bernoulli, Categorical, Normal, Poisson
from torch.nn import functional as F  # noqa: N812 - as PyTorch's documents name it

NUM_EXAMPLES = 9


def hinge(outputs, targets):
    """Compute the hinge loss by its definition; PyTorch has no binary one."""
    return (1 - (2 * targets - 1) * outputs[:, 0]).clamp(min=0)


def gaussian(outputs, targets):
    """Compute the log density by PyTorch's normal distribution."""
    return Normal(outputs[:, 0], (outputs[:, 1] / 2).exp()).log_prob(targets)


def cases(generator):
    """Yield (name, hyperparameters, outputs, targets, function)."""

    def normal(k, scale=3.0):
        values = torch.randn(NUM_EXAMPLES, k, generator=generator, dtype=torch.float64)
        return values * scale

    numbers = normal(1)[:, 0]
    bits = torch.tensor([0.0, 1.0] * NUM_EXAMPLES, dtype=torch.float64)[:NUM_EXAMPLES]
    classes = torch.arange(NUM_EXAMPLES) % 4
    shares = normal(4).softmax(-1)
    counts = torch.arange(NUM_EXAMPLES, dtype=torch.float64)
    far = normal(1) * 100  # sigmoid of these is exactly 0 or 1
    pairs = [
        ("squared_error", {}, normal(1), numbers, lambda o, t: (o[:, 0] - t) ** 2),
        ("absolute_error", {}, normal(1), numbers, lambda o, t: (o[:, 0] - t).abs()),
        *(
            (
                "huber",
                {"delta": delta},
                normal(1),
                numbers,
                lambda o, t, d=delta: F.huber_loss(
                    o[:, 0], t, reduction="none", delta=d
                ),
            )
            for delta in (1.0, 2.5)
        ),
        ("hinge", {}, normal(1), bits, hinge),
        *(
            (
                "binary_cross_entropy",
                {},
                outputs,
                targets,
                lambda o, t: F.binary_cross_entropy_with_logits(
                    o[:, 0], t, reduction="none"
                ),
            )
            for outputs, targets in (
                (normal(1), bits),
                (far, bits),
                (normal(1), shares[:, 0]),
            )
        ),
        *(
            (
                "cross_entropy",
                {},
                outputs,
                targets,
                lambda o, t: F.cross_entropy(o, t, reduction="none"),
            )
            for outputs, targets in (
                (normal(4), classes),
                (normal(4) * 100, classes),
                (normal(4), shares),
            )
        ),
        (
            "log_likelihood",
            {},
            normal(4),
            classes,
            lambda o, t: Categorical(logits=o).log_prob(t),
        ),
        (
            "log_likelihood",
            {},
            normal(1),
            bits,
            lambda o, t: Bernoulli(logits=o[:, 0]).log_prob(t),
        ),
        ("gaussian_likelihood", {}, normal(2, 1.0), numbers, gaussian),
        (
            "poisson_likelihood",
            {},
            normal(1, 1.0),
            counts,
            lambda o, t: Poisson(o[:, 0].exp()).log_prob(t),
        ),
    ]
    yield from pairs


def reference(name, hyperparameters, outputs, targets, function):
    """Return a case with the loss of each example and the gradient of their sum."""
    outputs = outputs.clone().requires_grad_(True)
    losses = function(outputs, targets)
    (gradient,) = torch.autograd.grad(losses.sum(), outputs)
    return {
        "name": name,
        "hyperparameters": hyperparameters,
        "outputs": outputs.tolist(),
        "targets": targets.tolist(),
        "losses": losses.tolist(),
        "gradient": gradient.tolist(),
    }


def weighted_reference(generator):
    """Return the cost by PyTorch of classes that have weights."""
    outputs = torch.randn(NUM_EXAMPLES, 3, generator=generator, dtype=torch.float64)
    targets = torch.arange(NUM_EXAMPLES) % 3
    class_weights = torch.tensor([1.0, 2.0, 5.0], dtype=torch.float64)
    return {
        "outputs": outputs.tolist(),
        "targets": targets.tolist(),
        "weights": class_weights[targets].tolist(),
        "cost": F.cross_entropy(outputs, targets, weight=class_weights).item(),
    }


if __name__ == "__main__":
    generator = torch.Generator().manual_seed(0)
    contents = {
        "losses": [reference(*case) for case in cases(generator)],
        "weighted": weighted_reference(generator),
    }
    path = Path(__file__).with_name("costs.json")
    path.write_text(json.dumps(contents) + "\n")
