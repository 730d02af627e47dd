"""The contestants of a race: each is an optimizer with a batch size."""

from collections.abc import Sequence
from dataclasses import dataclass

from assay import spec
from assay._errors import Faults, did_you_mean, fault
from assay.tuning._early_stopping import without_early_stopping

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
"""Batch, stochastic and mini-batch gradient descent, and the classic optimizers."""


@dataclass(frozen=True)
class Racer:
    """An optimizer with the size of its batches.

    Batch gradient descent ("all"), stochastic (1) and mini-batch (in between) are
    three settings of one thing.

    Args:
        name: as in the tables, such as "adam" or "sgd@all".
        optimizer: its learning rate is where the search for the best one starts.
        batch_size: number of rows of a batch, or "all".
    """

    name: str
    optimizer: spec.Optimizer
    batch_size: int | str

    def training(self, base: spec.Training, num_epochs: int) -> spec.Training:
        """Return the training that this racer runs; all else is as in the base.

        Early stopping is removed: every racer runs to the end.
        """
        changes = {
            "optimizer": self.optimizer,
            "batch_size": self.batch_size,
            "num_epochs": num_epochs,
        }
        return without_early_stopping(base).model_copy(update=changes)


def racers(
    optimizers: Sequence[str | spec.Optimizer], *, batch_size: int | str
) -> list[Racer]:
    """Return the racers that a user names.

    Args:
        optimizers: each a kind ("adam"), a kind with a batch size ("sgd@all", "sgd@1"),
            or an optimizer with values of its own.
        batch_size: of those that name none.

    Raises:
        InputError: some are unknown or named twice, or there are none; all faults.

    Example:
        >>> [racer.batch_size for racer in racers(["adam", "sgd@1"], batch_size=32)]
        [32, 1]
    """
    faults, by_name = Faults(), dict[str, Racer]()
    for optimizer in optimizers:
        racer = _read(optimizer, batch_size, faults)
        if racer is not None and racer.name in by_name:
            rule, fix = "each optimizer is named once", "Leave out the second."
            faults.add(fault(rule, "optimizers", racer.name, fix))
        if racer is not None:
            by_name[racer.name] = racer
    if not optimizers:
        fix = 'Write optimizers=["sgd", "adam"].'
        faults.add(fault("a race has optimizers", "optimizers", [], fix))
    faults.raise_if_any()
    return list(by_name.values())


def _read(
    optimizer: str | spec.Optimizer, batch_size: int | str, faults: Faults
) -> Racer | None:
    if isinstance(optimizer, spec.Optimizer):
        return Racer(optimizer.kind, optimizer, batch_size)
    kind, at, size = optimizer.strip().partition("@")
    member = spec.Optimizer.members.get(kind)
    if member is None:
        near = did_you_mean(kind, spec.Optimizer.members)
        known = ", ".join(sorted(spec.Optimizer.members))
        faults.add(f"unknown optimizer {kind!r}.{near} Known: {known}.")
        return None
    if at and size != "all" and not (size.isdecimal() and int(size) > 0):
        rule = "a batch size is a count or all"
        fix = f"Write {kind}@all, {kind}@1 or {kind}@32."
        faults.add(fault(rule, "optimizers", optimizer, fix))
        return None
    own: int | str = size if size == "all" else int(size) if at else batch_size
    return Racer(f"{kind}@{size}" if at else kind, member(), own)
