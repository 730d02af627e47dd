"""The contestants in a race: optimizers with batch sizes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assay import spec
from assay._errors import Faults, did_you_mean, fault
from assay.tuning._without_early_stopping import without_early_stopping

__all__ = ["DEFAULT_RACERS", "Racer", "racers"]

DEFAULT_RACERS = (
    "sgd@all",
    "sgd@1",
    "sgd",
    "momentum",
    "nesterov",
    "adagrad",
    "rmsprop",
    "adam",
)
"""Batch, stochastic and mini-batch gradient descent, and common optimizers."""


@dataclass(frozen=True)
class Racer:
    """An optimizer with a batch size.

    Batch gradient descent ("all"), stochastic gradient descent (1) and mini-batch
    gradient descent (between the two) differ only in the batch size.

    Args:
        name: name shown in tables, such as "adam" or "sgd@all".
        optimizer: optimizer, whose learning rate is the starting point for tuning.
        batch_size: number of rows in a batch, or "all".
    """

    name: str
    optimizer: spec.Optimizer
    batch_size: int | str

    def training(self, base: spec.Training, num_epochs: int) -> spec.Training:
        """Return the base training spec with this racer's optimizer and batch size.

        Early stopping is removed, so every racer runs to completion.
        """
        changes = {
            "optimizer": self.optimizer,
            "batch_size": self.batch_size,
            "num_epochs": num_epochs,
        }
        return without_early_stopping(base).model_copy(update=changes)


def racers(
    optimizers: str | Sequence[str | spec.Optimizer], *, batch_size: int | str
) -> list[Racer]:
    """Return the racers for a list of optimizers.

    Args:
        optimizers: kinds such as "adam", kinds with a batch size such as "sgd@1" or
            "sgd@all", or optimizers with custom values.
        batch_size: batch size for entries that do not specify one.

    Raises:
        InputError: an entry is unknown or repeated, or the list is empty. The error
            lists every fault.

    Example:
        >>> [racer.batch_size for racer in racers(["adam", "sgd@1"], batch_size=32)]
        [32, 1]
    """
    faults, by_name = Faults(), dict[str, Racer]()
    is_one = isinstance(optimizers, str | spec.Optimizer)
    for optimizer in [optimizers] if is_one else optimizers:
        racer = _read(optimizer, batch_size, faults)
        if racer is not None and racer.name in by_name:
            rule, fix = "len(optimizers) == len(set(optimizers))", "Remove one."
            faults.add(fault(rule, "optimizers", racer.name, fix))
        if racer is not None:
            by_name[racer.name] = racer
    if not optimizers:
        fix = 'Use optimizers=["sgd", "adam"], for example.'
        faults.add(fault("len(optimizers) >= 1", "optimizers", [], fix))
    faults.raise_if_any()
    return list(by_name.values())


def _read(optimizer: Any, batch_size: int | str, faults: Faults) -> Racer | None:
    if isinstance(optimizer, spec.Optimizer):
        return Racer(optimizer.kind, optimizer, batch_size)
    if not isinstance(optimizer, str):
        rule, fix = "isinstance(optimizer, str)", "Use optimizers=['sgd', 'adam']."
        faults.add(fault(rule, "optimizer", optimizer, fix))
        return None
    kind, at, size = optimizer.strip().partition("@")
    member = spec.Optimizer.members.get(kind)
    if member is None:
        near = did_you_mean(kind, spec.Optimizer.members)
        known = ", ".join(sorted(spec.Optimizer.members))
        faults.add(f"unknown optimizer {kind!r}.{near} Known: {known}.")
        return None
    if at and size != "all" and not (size.isdecimal() and int(size) > 0):
        rule = "batch_size >= 1 or batch_size == 'all'"
        fix = f"Use {kind}@all, {kind}@1 or {kind}@32."
        faults.add(fault(rule, "optimizers", optimizer, fix))
        return None
    own: int | str = size if size == "all" else int(size) if at else batch_size
    return Racer(f"{kind}@{size}" if at else kind, member(), own)
