"""The training and validation data shared by all fits of an experiment."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from jaxtyping import Float

from assay import spec
from assay._errors import InputError, fault
from assay.regularize import Ridge
from assay.training._arrays import HostInputs, host_array
from assay.training._devices import copy_to_all, mesh_of
from assay.training._fork import check_process
from assay.training._jax import to_device, to_host
from assay.training.fit._fit import Fit, Origin
from assay.training.fit._ridge_values import ridge_of, ridge_values
from assay.training.network._initial_values import InitialValues
from assay.training.program._hyperparameters import (
    MEASURED_ROWS,
    Hyperparameters,
    hyperparameters,
    resolved_number,
)
from assay.training.program._program import Program
from assay.training.program._program_for import program_for
from assay.training.rows._examples import (
    Examples,
    capacity_for,
    inputs_and_lengths,
    pad,
)
from assay.training.rows._streamed import Streamed

__all__ = ["TrainingData"]

_ENOUGH_ROWS = 1024  # enough rows to compare train and val

Part = tuple[HostInputs, np.ndarray]  # inputs (n, *input_shape) and targets (n,)


@dataclass(frozen=True, eq=False)
class TrainingData:
    """Prepared training and validation sets, either streamed or kept on the device.

    Args:
        train: training set.
        val: validation set; empty for a refit.
        num_classes: number of classes; 1 for regression.
        class_shares: (num_classes,), proportion of each class in train.
        balanced: whether all classes have equal weight in the score.
        initial_values: initial values of the fits; None to use those in the training
            spec.
    """

    train: Examples | Streamed
    val: Examples | Streamed
    num_classes: int
    class_shares: np.ndarray
    balanced: bool
    initial_values: InitialValues | None = None

    @classmethod
    def of(
        cls,
        train: Part,
        val: Part,
        *,
        num_classes: int,
        balanced: bool = False,
        weights: tuple[np.ndarray, np.ndarray] | None = None,
        capacities: tuple[int, int] | None = None,
        initial_values: InitialValues | None = None,
        devices: int | str = "all",
    ) -> "TrainingData":
        """Build the training data from the (inputs, targets) pairs of train and val.

        Args:
            train: inputs (n, *input_shape) and targets (n,).
            val: inputs and targets in the same form.
            num_classes: number of classes; 1 for regression.
            balanced: whether all classes have equal weight in the score.
            weights: positive weights in the cost of the examples in train and val; None
                for equal weights.
            capacities: numbers of rows in train and val, including padding. A refit
                uses the capacities of its search to reuse the compiled program.
            initial_values: initial values of the fits; None to use those in the
                training spec.
            devices: number of devices to which the data is copied, as in the training
                specs of the fits.
        """
        check_process()
        rows = capacities or (capacity_for(len(train[1])), capacity_for(len(val[1])))
        indices = np.int64(train[1] * (num_classes > 1))
        counts = np.bincount(indices, minlength=num_classes)
        of_train, of_val = weights or (None, None)
        padded = pad(*train, rows[0], of_train), pad(*val, rows[1], of_val)
        on_device = copy_to_all(padded, mesh_of(devices))
        shares = counts / max(len(train[1]), 1)
        return cls(*on_device, num_classes, shares, balanced, initial_values)

    def on_host(self) -> "TrainingData":
        """Return the same data as NumPy arrays that can be sent to another process."""
        return replace(self, train=to_host(self.train), val=to_host(self.val))

    def on_device(self) -> "TrainingData":
        """Return the same data on the device of this process."""
        return replace(self, train=to_device(self.train), val=to_device(self.val))

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of one example."""
        return inputs_and_lengths(self.train.leading.inputs)[0].shape[1:]

    @property
    def inverse_shares(self) -> Float[np.ndarray, " classes"]:
        """Class weights that balance the classes. Classes missing from train get 0."""
        shares = self.num_classes * self.class_shares
        return np.divide(1, shares, out=np.zeros(len(shares)), where=shares > 0)

    @property
    def _measured_rows(self) -> int:
        """Number of rows to measure: the size of val, within limits."""
        num_val = int(self.val.count) or MEASURED_ROWS
        return min(max(num_val, _ENOUGH_ROWS), MEASURED_ROWS)

    def program(self, training: spec.Training, *, measures: bool = True) -> Program:
        """Return the program that fits a training spec's network to this data.

        Args:
            training: training spec.
            measures: whether epochs can be measured.

        Raises:
            InputError: the batch size is "all" but the rows are streamed.
        """
        rows, capacity = int(self.train.count), self.train.capacity
        if rows > capacity:  # streamed
            if training.batch_size == "all":
                fix = "For streamed rows, set batch_size = 512 or stream = false."
                rule = 'batch_size != "all"'
                raise InputError(fault(rule, "batch_size", "all", fix))
            capacity = max(capacity, int(resolved_number(training.batch_size)))
        return program_for(
            training,
            self.input_shape,
            num_classes=self.num_classes,
            capacity=capacity,
            measures=measures,
        )

    def fit(
        self,
        training: spec.Training,
        *,
        seed: int,
        num_iterations: int | None = None,
        total_iterations: int | None = None,
        measure_epochs: bool = True,
        measure_layers: bool = True,
        measures: bool = True,
    ) -> Fit:
        """Return a fit that has not started yet.

        Args:
            training: resolved training spec.
            seed: seed for initial values, row orders and masks.
            num_iterations: number of updates; by default `num_epochs` epochs.
            total_iterations: number of updates assumed by schedules; by default
                `num_iterations`.
            measure_epochs: whether to measure the costs after each epoch. Early
                stopping requires this.
            measure_layers: whether to also measure the layers at intervals; see
                `History.monitors`. This compiles a second program. Layers are not
                measured if `measure_epochs` is false.
            measures: whether the program can measure epochs. If false, the program
                compiles faster but cannot be shared with searches.
        """
        program = self.program(training, measures=measures)
        per_epoch = program.iterations_per_epoch(int(self.train.count))
        if num_iterations is None:
            num_iterations = int(resolved_number(training.num_epochs)) * per_epoch
        values = self._hyperparameters(training, total_iterations or num_iterations)
        val = self.val.leading
        if not measure_epochs:
            val = val._replace(count=host_array(np.int32(0)))
            if not program.static.watches_plateau:
                values = values.with_measured_rows(0)
        fit = Fit(
            program,
            values,
            train=self.train,
            val=val,
            seed=seed,
            num_iterations=num_iterations,
            initial_values=self._initial_values(training),
            monitors=measure_epochs and measure_layers,
        )
        options = {
            "seed": seed,
            "num_iterations": num_iterations,
            "total_iterations": total_iterations,
            "measure_epochs": measure_epochs,
            "measure_layers": measure_layers,
            "measures": measures,
        }
        fit.origin = Origin(self, training, options)
        return fit

    def _initial_values(self, training: spec.Training) -> InitialValues | None:
        """Return the initial values of a fit, or None for random values."""
        if self.initial_values is None and training.initial_values == "ridge":
            return ridge_values(self._ridge, training)
        return self.initial_values

    @cached_property
    def _ridge(self) -> Ridge:
        """Ridge regression on the training rows, shared by all fits."""
        return ridge_of(self.train.leading)

    def _hyperparameters(
        self, training: spec.Training, total_iterations: int
    ) -> Hyperparameters:
        inverse = self.inverse_shares
        return hyperparameters(
            training,
            num_classes=self.num_classes,
            total_iterations=total_iterations,
            class_weights=inverse if training.class_weights == "balanced" else None,
            score_weights=inverse if self.balanced else None,
            measured_rows=self._measured_rows,
        )
