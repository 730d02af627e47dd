"""What a compiled program is made of: all that is fixed when it is traced."""

from dataclasses import dataclass
from typing import TypeVar

from assay.costs import Loss
from assay.optim import Optimizer
from assay.optim.schedules import Schedule
from assay.regularize import AUGMENTATIONS
from assay.training._arrays import Array
from assay.training.network._network import Network
from assay.training.network._packing import Packed, Packing
from assay.training.network._parameter_groups import Groups

__all__ = ["Static"]

Rows = TypeVar("Rows", int, Array)


@dataclass(frozen=True, eq=False)
class Static:
    """The parts of a training whose values are not inputs of its program.

    Args:
        network: the model as pure functions.
        loss: the mean of which is the cost.
        optimizer: gives the direction of an update.
        schedule: gives the factor of the learning rate.
        packing: how the parameters are kept in training.
        groups: which of them are frozen, and which have a rate of their own.
        batch_size: rows of a batch.
        classes: whether targets are class indices.
        stops_early: whether the best parameters on val are kept and end the training.
        kernels: packed, 1 where a number belongs to a kernel, which may decay.
        augmentations: names of those that a batch goes through, in order.
        codes: positions of inputs that name a category, which no augmentation alters.
        accumulate: number of parts in which the gradient of a batch is computed.
        averages_batches: whether the network keeps statistics of batches, as batch
            normalization does.
    """

    network: Network
    loss: Loss
    optimizer: Optimizer
    schedule: Schedule
    packing: Packing
    groups: Groups
    batch_size: int
    classes: bool
    stops_early: bool
    kernels: Packed
    augmentations: tuple[str, ...] = ()
    codes: tuple[int, ...] = ()
    accumulate: int = 1
    averages_batches: bool = False

    def batches_per_epoch(self, count: Rows) -> Rows:
        """Return the number of batches in one pass over a number of rows.

        A last batch of a single row is left out where statistics of batches count:
        normalized by itself it would be all zeros. Each epoch leaves out another row.

        Args:
            count: as an integer, or traced.
        """
        leaves_out = self.averages_batches and self.batch_size > 1
        if not leaves_out:
            return -(-count // self.batch_size)
        # as many as for one row fewer, but at least one
        return (count - 2) // self.batch_size + 1 + (count == 1)

    @property
    def draws(self) -> bool:
        """Whether an iteration needs random numbers."""
        return self.network.draws or bool(self.augmentations)

    @property
    def mixes_targets(self) -> bool:
        """Whether targets may come to lie between classes."""
        return any(AUGMENTATIONS[name].mixes_targets for name in self.augmentations)

    @property
    def watches_plateau(self) -> bool:
        """Whether the schedule depends on the val cost."""
        return self.schedule.stateful
