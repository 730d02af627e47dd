"""PyTorch's fastest plain loop, in eager mode with tensors in memory.

Which loop is fastest depends on the network and the machine. Therefore, each run tries
several optimizer implementations, several ways to select batches and reset gradients,
and several numbers of threads.
"""

import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from itertools import islice, product
from typing import Any, Literal

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from assay import spec

__all__ = ["Variant", "fastest", "make_optimizer", "train_epoch"]

_MOST_PROBE_SECONDS = 0.5
_LEAST_PROBE_ITERATIONS = 4


@dataclass(frozen=True)
class Variant:
    """A variant of the loop.

    Args:
        threads: number of threads for PyTorch's operations.
        optimizer: implementation of the optimizer.
        batches: "select" to index rows, or "slice" to slice a shuffled copy of the
            rows.
        to_none: whether gradients are set to None instead of 0.
    """

    threads: int
    optimizer: Literal["plain", "foreach", "fused"] = "fused"
    batches: Literal["select", "slice"] = "slice"
    to_none: bool = True

    def __str__(self) -> str:
        return ", ".join(f"{name}={value}" for name, value in asdict(self).items())


def make_optimizer(
    asked: spec.Optimizer, groups: Any, variant: Variant
) -> torch.optim.Optimizer:
    """Return the PyTorch optimizer that corresponds to a spec."""
    how: dict[str, Any] = {"foreach": False, "fused": False}
    if variant.optimizer != "plain":
        how[variant.optimizer] = True
    rate: Any = asked.learning_rate
    if isinstance(asked, spec.AdamW):
        decay: Any = asked.weight_decay
        return torch.optim.AdamW(groups, lr=rate, weight_decay=decay, **how)
    if isinstance(asked, spec.Adam):
        return torch.optim.Adam(groups, lr=rate, **how)
    if isinstance(asked, spec.SGD):
        return torch.optim.SGD(groups, lr=rate, **how)
    raise TypeError(f"The benchmarks do not support the optimizer {asked.kind!r}.")


def train_epoch(
    net: nn.Module,
    optimizer: torch.optim.Optimizer,
    data: tuple[torch.Tensor, torch.Tensor],
    order: torch.Tensor,
    *,
    batch_size: int,
    variant: Variant,
    num_iterations: int | None = None,
) -> None:
    """Run an epoch, or only its first iterations."""
    for x, y in islice(_batches(data, order, batch_size, variant), num_iterations):
        optimizer.zero_grad(set_to_none=variant.to_none)
        cross_entropy(net(x), y).backward()
        optimizer.step()


def _batches(
    data: tuple[torch.Tensor, torch.Tensor],
    order: torch.Tensor,
    batch_size: int,
    variant: Variant,
) -> Iterable[tuple[torch.Tensor, torch.Tensor]]:
    inputs, targets = data
    if variant.batches == "slice":
        x, y = inputs.index_select(0, order), targets.index_select(0, order)
        return zip(x.split(batch_size), y.split(batch_size), strict=True)
    return (
        (inputs.index_select(0, rows), targets.index_select(0, rows))
        for rows in order.split(batch_size)
    )


def fastest(
    num_threads: int, num_iterations: int, run: Callable[[Variant, int], None]
) -> Variant:
    """Try all variants of the loop and return the fastest one.

    Args:
        num_threads: number of available threads.
        num_iterations: number of iterations in a complete round. A trial run has at
            most a tenth of them and takes at most half a second.
        run: function that trains from the start for a given number of iterations.
    """
    first = Variant(num_threads)
    run(first, 2)  # the first calls allocate memory
    each = _seconds(run, first, 2) / 2
    most = int(_MOST_PROBE_SECONDS / each)
    count = max(min(num_iterations // 10, most), _LEAST_PROBE_ITERATIONS)

    def best(variants: Iterable[Variant]) -> Variant:
        tries = {v: min(_seconds(run, v, count) for _ in range(2)) for v in variants}
        return min(tries, key=tries.__getitem__)

    optimizers = ("plain", "foreach", "fused")
    ways = product(sorted({1, num_threads}), optimizers, ("select", "slice"))
    found = best([Variant(*way) for way in ways])  # type: ignore[arg-type]
    return best([found, replace(found, to_none=False)])


def _seconds(
    run: Callable[[Variant, int], None], variant: Variant, count: int
) -> float:
    torch.set_num_threads(variant.threads)
    started = time.perf_counter()
    run(variant, count)
    return time.perf_counter() - started
