"""Write costs.json with losses, their gradients and weighted costs from PyTorch.

python tests/reference/make_costs.py
"""

import json
from pathlib import Path

import torch
from torch.distributions import Bernoulli, Categorical, Normal, Poisson
from torch.nn import functional as F  # noqa: N812 - as PyTorch's documents name it

NUM_EXAMPLES = 9


def hinge(outputs, targets):
    """Compute the hinge loss by its definition, as PyTorch has no binary hinge loss."""
    return (1 - (2 * targets - 1) * outputs[:, 0]).clamp(min=0)


def gaussian(outputs, targets):
    """Compute the log density with PyTorch's normal distribution."""
    return Normal(outputs[:, 0], (outputs[:, 1] / 2).exp()).log_prob(targets)


def pytorch(function, **arguments):
    """Return one of PyTorch's losses as a function of (n, 1) outputs."""
    return lambda o, t: function(o[:, 0], t, reduction="none", **arguments)


def cross_entropy(outputs, targets):
    """Compute the cross-entropy of each example."""
    return F.cross_entropy(outputs, targets, reduction="none")


class Draws:
    """Return a generator with a fixed seed."""

    def __init__(self):
        self.generator = torch.Generator().manual_seed(0)

    def normal(self, k, scale=3.0):
        """Return (n, k) normal numbers."""
        shape = (NUM_EXAMPLES, k)
        draw = torch.randn(*shape, generator=self.generator, dtype=torch.float64)
        return draw * scale


def regression_cases(draws):
    """Yield (name, hyperparameters, outputs, targets, function)."""
    normal, numbers = draws.normal, draws.normal(1)[:, 0]
    yield "squared_error", {}, normal(1), numbers, pytorch(F.mse_loss)
    yield "absolute_error", {}, normal(1), numbers, pytorch(F.l1_loss)
    for delta in (1.0, 2.5):
        function = pytorch(F.huber_loss, delta=delta)
        yield "huber", {"delta": delta}, normal(1), numbers, function
    yield "gaussian_likelihood", {}, normal(2, 1.0), numbers, gaussian
    counts = torch.arange(NUM_EXAMPLES, dtype=torch.float64)
    yield (
        "poisson_likelihood",
        {},
        normal(1, 1.0),
        counts,
        lambda o, t: Poisson(o[:, 0].exp()).log_prob(t),
    )


def classification_cases(draws):
    """Yield (name, hyperparameters, outputs, targets, function)."""
    normal = draws.normal
    bits = (torch.arange(NUM_EXAMPLES) % 2).double()
    classes = torch.arange(NUM_EXAMPLES) % 4
    shares = normal(4).softmax(-1)
    yield "hinge", {}, normal(1), bits, hinge
    # For outputs in the hundreds, the sigmoid is exactly 0 or 1.
    for scale, targets in ((3.0, bits), (300.0, bits), (3.0, shares[:, 0])):
        function = pytorch(F.binary_cross_entropy_with_logits)
        yield "binary_cross_entropy", {}, normal(1, scale), targets, function
    for scale, targets in ((3.0, classes), (300.0, classes), (3.0, shares)):
        yield "cross_entropy", {}, normal(4, scale), targets, cross_entropy
    yield (
        "log_likelihood",
        {},
        normal(4),
        classes,
        lambda o, t: Categorical(logits=o).log_prob(t),
    )
    yield (
        "log_likelihood",
        {},
        normal(1),
        bits,
        lambda o, t: Bernoulli(logits=o[:, 0]).log_prob(t),
    )


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


def weighted_reference(draws):
    """Return PyTorch's cost with class weights."""
    outputs = draws.normal(3)
    targets = torch.arange(NUM_EXAMPLES) % 3
    class_weights = torch.tensor([1.0, 2.0, 5.0], dtype=torch.float64)
    return {
        "outputs": outputs.tolist(),
        "targets": targets.tolist(),
        "weights": class_weights[targets].tolist(),
        "cost": F.cross_entropy(outputs, targets, weight=class_weights).item(),
    }


if __name__ == "__main__":
    draws = Draws()
    cases = [*regression_cases(draws), *classification_cases(draws)]
    contents = {
        "losses": [reference(*case) for case in cases],
        "weighted": weighted_reference(draws),
    }
    path = Path(__file__).with_name("costs.json")
    path.write_text(json.dumps(contents) + "\n")
