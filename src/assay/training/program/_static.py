"""The settings that are fixed when a program is traced."""

from dataclasses import dataclass
from typing import TypeVar

from assay.costs import Loss
from assay.optim import Optimizer
from assay.optim.schedules import Schedule
from assay.regularize import AUGMENTATIONS
from assay.training._arrays import Array
from assay.training._devices import Mesh
from assay.training.network._network import Network
from assay.training.network._packing import Packed, Packing
from assay.training.network._parameter_groups import Groups

__all__ = ["Static"]

Rows = TypeVar("Rows", int, Array)


@dataclass(frozen=True, eq=False)
class Static:
    """The settings of a fit that are not inputs of its program.

    Args:
        network: the network as pure functions.
        loss: loss whose mean is the cost.
        optimizer: optimizer, which determines the direction of an update.
        schedule: schedule, which determines the learning-rate factor.
        packing: packing of the parameters during training.
        groups: parameters that are frozen or have their own learning rate.
        batch_size: number of rows in a batch.
        classes: whether targets are class indices.
        stops_early: whether to keep the best parameters on val and stop early.
        kernels: packed marks, 1 for kernels (subject to weight decay), 0 for others.
        augmentations: names of the augmentations applied to a batch, in order.
        codes: positions of category codes in the inputs, which are not augmented.
        accumulate: number of parts of a batch whose gradients are accumulated.
        averages_batches: whether the network averages statistics over batches, as
            batch normalization does.
        dropout_schedule: schedule of dropout rates; None if they are constant.
        mesh: devices over which batches are split; None for a single device.
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
    dropout_schedule: Schedule | None = None
    mesh: Mesh | None = None

    def batches_per_epoch(self, count: Rows) -> Rows:
        """Return the number of batches in one pass over `count` rows.

        With batch normalization, a final batch of one row is skipped, because a single
        row would be normalized to zeros. Each epoch skips a different row.

        Args:
            count: number of rows, as an integer or a traced value.
        """
        leaves_out = self.averages_batches and self.batch_size > 1
        if not leaves_out:
            return -(-count // self.batch_size)
        # the number of batches for one row fewer, but at least 1
        return (count - 2) // self.batch_size + 1 + (count == 1)

    @property
    def draws(self) -> bool:
        """Whether an iteration needs random numbers."""
        return self.network.draws or bool(self.augmentations)

    @property
    def mixes_targets(self) -> bool:
        """Whether any augmentation mixes targets."""
        return any(AUGMENTATIONS[name].mixes_targets for name in self.augmentations)

    @property
    def watches_plateau(self) -> bool:
        """Whether the schedule depends on the val cost."""
        return self.schedule.stateful
