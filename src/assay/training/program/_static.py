"""The settings that are fixed when a program is traced."""

from dataclasses import dataclass

import numpy as np

from assay import costs, optim, spec
from assay.costs import Loss
from assay.optim import Optimizer
from assay.optim.schedules import Schedule
from assay.regularize import AUGMENTATIONS, is_kernel
from assay.training._devices import Mesh, mesh_of
from assay.training._jax import tree_leaves
from assay.training.network._custom_network import CustomNetwork
from assay.training.network._network import Network
from assay.training.network._packing import Packed, Packing
from assay.training.network._parameter_groups import Groups
from assay.training.program._hyperparameters import resolved_number
from assay.training.program._validation import check_batch, code_columns

__all__ = ["Static", "static_of"]


@dataclass(frozen=True, eq=False)
class Static:
    """The settings of a fit that are not inputs to its program.

    Args:
        network: the network as pure functions.
        loss: loss whose mean is the cost.
        optimizer: rule that determines the direction of an update.
        schedule: rule that determines the learning-rate factor.
        packing: packing of the parameters during training.
        groups: parameters that are frozen or have their own learning rate.
        batch_size: number of rows in a batch.
        classes: whether targets are class indices.
        stops_early: whether to keep the best parameters on val and stop early.
        kernels: packed marks: 1 for kernels, which are subject to weight decay, and 0
            for all other parameters.
        augmentations: names of the augmentations applied to a batch, in order.
        codes: positions of category codes in the inputs, which are not augmented.
        accumulate: number of parts into which a batch is split to accumulate gradients.
        averages_batches: whether the network averages statistics over batches, as
            batch normalization does.
        dropout_schedule: dropout schedule; None if the rates are constant.
        mesh: devices across which batches are split; None for a single device.
        measures: whether epochs can be measured, which requires more compiled code.
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
    measures: bool = True

    def batches_per_epoch(self, count: int) -> int:
        """Return the number of batches in one pass over `count` rows.

        With batch normalization, a final batch of one row is skipped, because a single
        row would be normalized to zeros. Each epoch skips a different row.

        Args:
            count: number of rows.
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


def static_of(
    training: spec.Training,
    input_shape: tuple[int, ...],
    *,
    num_classes: int,
    capacity: int,
    measures: bool = True,
) -> Static:
    """Return the settings that are fixed when the program is traced."""
    loss = costs.get(training.cost.kind)
    optimizer = optim.get(training.optimizer.kind)
    network = _network(training, input_shape, loss.num_outputs(num_classes))
    batch_size = capacity
    if training.batch_size != "all":
        batch_size = int(resolved_number(training.batch_size))
        check_batch(network, batch_size)
    template, statistics = network.initialize(np.random.default_rng(0))
    packing = Packing(template, elementwise=optimizer.elementwise)
    groups = Groups(
        training.freeze,
        training.learning_rate_of,
        template,
        packing=packing,
        layers=network.names,
    )
    kinds = [regularizer.kind for regularizer in training.regularizers]
    return Static(
        network=network,
        loss=loss,
        optimizer=optimizer,
        schedule=optim.schedules.get(training.schedule.kind),
        packing=packing,
        groups=groups,
        batch_size=min(batch_size, capacity),
        classes=num_classes > 1,
        stops_early="early_stopping" in kinds,
        kernels=packing.marks(is_kernel),
        augmentations=tuple(augmentation.kind for augmentation in training.augment),
        codes=code_columns(training),
        accumulate=int(resolved_number(training.accumulate)),
        averages_batches=bool(tree_leaves(statistics)),
        dropout_schedule=_dropout_schedule(training),
        mesh=mesh_of(training.devices),
        measures=measures,
    )


def _dropout_schedule(training: spec.Training) -> optim.schedules.Schedule | None:
    """Return the dropout schedule, or None if the rates are constant."""
    if isinstance(training.dropout_schedule, spec.Constant):
        return None
    return optim.schedules.get(training.dropout_schedule.kind)


def _network(
    training: spec.Training, input_shape: tuple[int, ...], num_outputs: int
) -> Network:
    if training.own is not None:
        return CustomNetwork(
            training.own,
            input_shape,
            num_outputs=num_outputs,
            freeze=training.freeze,
        )
    return Network(
        training.model,
        input_shape,
        num_outputs=num_outputs,
        precision=training.precision,
        freeze=training.freeze,
    )
