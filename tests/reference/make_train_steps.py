"""Create train_steps.npz with ten full-batch updates of a dense network in PyTorch.

One fit uses Adam with an L2 penalty and clipped gradients. The other uses momentum with
class weights. Both have the same initial values and the same rows.

python tests/reference/make_train_steps.py
"""

from pathlib import Path

import numpy as np
import torch

NUM_STEPS = 10


def start():
    torch.manual_seed(0)
    net = torch.nn.Sequential(
        torch.nn.Linear(4, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3)
    )
    inputs = torch.randn(30, 4)
    targets = torch.randint(0, 3, (30,))
    return net, inputs, targets


def parameters(net, prefix):
    """Name parameters as our layers do; PyTorch stores kernels as (units, inputs)."""
    named = {"dense1": net[0], "output": net[2]}
    data = {}
    for name, layer in named.items():
        data[f"{prefix}_{name}_kernel"] = layer.weight.detach().numpy().T.copy()
        data[f"{prefix}_{name}_bias"] = layer.bias.detach().numpy().copy()
    return data


def adam():
    net, inputs, targets = start()
    rule = torch.optim.Adam(net.parameters(), lr=0.05, betas=(0.8, 0.99), eps=1e-7)
    costs, norms = [], []
    for _ in range(NUM_STEPS):
        rule.zero_grad()
        cost = torch.nn.functional.cross_entropy(net(inputs), targets)
        weights = (net[0].weight, net[2].weight)
        (cost + 0.01 * sum((w**2).sum() for w in weights)).backward()
        norms.append(torch.nn.utils.clip_grad_norm_(net.parameters(), 0.1).item())
        rule.step()
        costs.append(cost.item())
    return {"adam_costs": costs, "adam_norms": norms, **parameters(net, "adam")}


def momentum():
    net, inputs, targets = start()
    rule = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.8)
    weigh = torch.nn.CrossEntropyLoss(weight=torch.tensor([1.0, 2.0, 4.0]))
    costs, norms = [], []
    for _ in range(NUM_STEPS):
        rule.zero_grad()
        cost = weigh(net(inputs), targets)
        cost.backward()
        norms.append(sum((p.grad**2).sum() for p in net.parameters()).sqrt().item())
        rule.step()
        costs.append(cost.item())
    values = {"momentum_costs": costs, "momentum_norms": norms}
    return values | parameters(net, "momentum")


def main():
    net, inputs, targets = start()
    np.savez_compressed(
        Path(__file__).with_name("train_steps.npz"),
        inputs=inputs.numpy(),
        targets=targets.numpy().astype(np.int32),
        **parameters(net, "start"),
        **adam(),
        **momentum(),
    )


if __name__ == "__main__":
    main()
