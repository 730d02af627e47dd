"""Who takes part in a race: an optimizer and a batch size each."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from assay import spec
from assay._errors import Faults, did_you_mean, fault

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
"""Batch, stochastic and mini-batch gradient descent, and the classic rules."""


@dataclass(frozen=True)
class Racer:
    """An optimizer with the size of its batches.

    Batch gradient descent ("all"), stochastic (1) and mini-batch (in between) are
    three settings of one thing.

    Args:
        name: as in the tables, such as "adam" or "sgd@all".
        optimizer: its learning rate is where the search for the best one starts.
        batch_size: rows of a batch, or "all".
    """

    name: str
    optimizer: spec.Optimizer
    batch_size: int | str

    def training(self, base: spec.Training, num_epochs: int) -> spec.Training:
        """Return the training that this racer runs, all else as in the base.

        Early stopping is left out: everyone runs the whole way.
        """
        kept = [r for r in base.regularizers if r.kind != "early_stopping"]  # type: ignore[union-attr]
        changes: dict[str, Any] = {
            "optimizer": self.optimizer,
            "batch_size": self.batch_size,
            "num_epochs": num_epochs,
            "regularizers": tuple(kept),
        }
        return base.model_copy(update=changes)


def racers(asked: Sequence[Any], *, batch_size: int | str) -> list[Racer]:
    """Read who takes part.

    Args:
        asked: each a kind ("adam"), a kind with a batch size ("sgd@all", "sgd@1"), or
            an optimizer with values of its own.
        batch_size: of those that name none.

    Raises:
        InputError: some are unknown or stand twice; all faults at once.

    Example:
        >>> [racer.batch_size for racer in racers(["adam", "sgd@1"], batch_size=32)]
        [32, 1]
    """
    faults, found = Faults(), {}
    for one in asked:
        racer = _read(one, batch_size, faults)
        if racer is not None and racer.name in found:
            rule, fix = "each optimizer stands once", "Leave out the second."
            faults.add(fault(rule, "optimizers", racer.name, fix))
        if racer is not None:
            found[racer.name] = racer
    if not found and not asked:
        fix = 'Write optimizers=["sgd", "adam"].'
        faults.add(fault("someone takes part", "optimizers", list(asked), fix))
    faults.raise_if_any()
    return list(found.values())


def _read(one: Any, batch_size: int | str, faults: Faults) -> Racer | None:
    if isinstance(one, spec.Optimizer):
        return Racer(one.kind, one, batch_size)
    kind, at, size = str(one).strip().partition("@")
    member = spec.Optimizer.members.get(kind)
    if member is None:
        near = did_you_mean(kind, spec.Optimizer.members)
        known = ", ".join(sorted(spec.Optimizer.members))
        faults.add(f"unknown optimizer {kind!r}.{near} Known: {known}.")
        return None
    if at and size != "all" and not (size.isdecimal() and int(size) > 0):
        fix = f"Write {kind}@all, {kind}@1 or {kind}@32."
        faults.add(fault("a batch size is a count or all", "optimizers", one, fix))
        return None
    own: int | str = size if size == "all" else int(size) if at else batch_size
    return Racer(f"{kind}@{size}" if at else kind, member(), own)  # type: ignore[arg-type]
