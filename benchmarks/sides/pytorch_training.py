"""PyTorch: the same fit in the fastest plain loop."""

import os
from pathlib import Path
from typing import Any

import torch
from torch.nn.functional import cross_entropy

from benchmarks._machine import device
from benchmarks._task import Task, orders
from benchmarks.sides.parameters import read_start
from benchmarks.sides.pytorch_loop import Variant, fastest, make_optimizer, train_epoch
from benchmarks.sides.pytorch_net import Net

__all__ = ["Training", "accuracy"]


class Training:
    """A fit that uses Assay's initial parameters and batches."""

    same_batches = True

    def __init__(self, task: Task, folder: Path) -> None:
        self.task = task
        self._on_gpu = device() == "gpu"
        if self._on_gpu:
            _use_fast_products()
        place = torch.device("cuda" if self._on_gpu else "cpu")
        data = task.data()
        self._data = _pair(data.inputs, data.targets, place)
        self._val = _pair(data.val_inputs, data.val_targets, place)
        self._orders = [torch.from_numpy(order).to(place) for order in orders(task)]
        self._start = read_start(folder)
        input_shape = data.inputs.shape[1:]
        self._net = Net(task.training.model, input_shape, task.num_classes).to(place)
        threads = 1 if self._on_gpu else len(os.sched_getaffinity(0))
        self._variant = fastest(threads, task.num_iterations, self._try)
        torch.set_num_threads(self._variant.threads)
        self._accuracy = 0.0
        self.facts: dict[str, Any] = {"variant": str(self._variant)}

    def _try(self, variant: Variant, num_iterations: int) -> None:
        self._variant = variant
        self.reset()
        self._epoch(self._orders[0], num_iterations)

    def reset(self) -> None:
        """Load the initial parameters and reset the optimizer."""
        self._net.load(self._start)
        self._net.train()
        learned = [p for p in self._net.parameters() if p.requires_grad]
        asked: Any = self.task.training.optimizer
        self._optimizer = make_optimizer(asked, learned, self._variant)
        self._accuracy = 0.0

    def run(self) -> None:
        """Train to completion, or until an epoch reaches the goal."""
        for order in self._orders:
            self._epoch(order)
            if self.task.goal is not None:
                self._accuracy = max(self._accuracy, accuracy(self._net, self._val))
                if self._accuracy >= self.task.goal:
                    break

    def _epoch(self, order: torch.Tensor, num_iterations: int | None = None) -> None:
        train_epoch(
            self._net,
            self._optimizer,
            self._data,
            order,
            batch_size=self.task.batch_size,
            variant=self._variant,
            num_iterations=num_iterations,
        )
        if self._on_gpu:
            # Waits for the GPU, so that the measured time includes its work.
            torch.cuda.synchronize()

    @torch.no_grad()
    def outcome(self) -> float:
        """Return the cost on all examples or, with a goal, the best val accuracy."""
        if self.task.goal is not None:
            return self._accuracy
        self._net.eval()
        inputs, targets = self._data
        pairs = zip(inputs.split(1024), targets.split(1024), strict=True)
        sums = [cross_entropy(self._net(x), y, reduction="sum") for x, y in pairs]
        return float(torch.stack(sums).double().sum()) / len(targets)


@torch.no_grad()
def accuracy(net: Net, val: tuple[torch.Tensor, torch.Tensor]) -> float:
    """Return the fraction of correct predictions."""
    net.eval()
    pairs = zip(val[0].split(1024), val[1].split(1024), strict=True)
    right = sum(int((net(x).argmax(1) == y).sum()) for x, y in pairs)
    net.train()
    return right / max(len(val[1]), 1)


def _use_fast_products() -> None:
    """Use TF32, as JAX does by default, and the fastest convolution algorithms."""
    torch.set_float32_matmul_precision("high")
    torch.backends.cudnn.benchmark = True


def _pair(
    inputs: Any, targets: Any, place: torch.device
) -> tuple[torch.Tensor, torch.Tensor]:
    x, y = torch.from_numpy(inputs), torch.from_numpy(targets).long()
    return x.to(place), y.to(place)
