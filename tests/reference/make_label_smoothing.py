"""Create label_smoothing.npz with smoothed cross-entropies and their gradients.

Run with PyTorch: python tests/reference/make_label_smoothing.py
"""

from pathlib import Path

import numpy as np
import torch

rng = np.random.default_rng(0)
outputs = rng.normal(scale=2, size=(6, 5)).astype(np.float32)
targets = rng.integers(5, size=6)
found = {"outputs": outputs, "targets": targets.astype(np.int32)}
found["amounts"] = np.float32([0.0, 0.1, 0.5])
losses, gradients = [], []
for amount in found["amounts"]:
    logits = torch.tensor(outputs, requires_grad=True)
    loss = torch.nn.functional.cross_entropy(
        logits,
        torch.tensor(targets),
        label_smoothing=float(amount),
        reduction="none",
    )
    loss.sum().backward()
    losses.append(loss.detach().numpy())
    gradients.append(logits.grad.numpy())
found["losses"], found["gradients"] = np.stack(losses), np.stack(gradients)
np.savez(Path(__file__).with_name("label_smoothing.npz"), **found)
