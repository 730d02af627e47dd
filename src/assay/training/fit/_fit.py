"""A fit that can be advanced by iterations or epochs, or run to completion."""

from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from assay import spec
from assay.training._arrays import Tree, host_array
from assay.training._fork import check_process
from assay.training._jax import to_host
from assay.training.fit import _checkpoint_file
from assay.training.fit._batch_sources import BatchSource, batch_source
from assay.training.fit._history import History, Measurement
from assay.training.layer_monitors._monitor import Monitor, monitor_of
from assay.training.layer_monitors._plan import epochs_between
from assay.training.network._initial_values import InitialValues
from assay.training.network._model_state import ModelState
from assay.training.network._packing import Packed
from assay.training.program._epochs import Records
from assay.training.program._hyperparameters import Hyperparameters
from assay.training.program._probe import Probed
from assay.training.program._program import Program
from assay.training.program._state import State
from assay.training.program.iteration._batch import Batch, take_batch
from assay.training.rows._examples import Examples
from assay.training.rows._streamed import Streamed

__all__ = ["Fit", "Fitted", "Origin"]


class Origin(NamedTuple):
    """The arguments that another process needs to recreate a fit.

    Args:
        training_data: the `TrainingData` whose `fit` method created the fit.
        training: first argument of that method.
        options: keyword arguments of that method.
    """

    training_data: Any
    training: spec.Training
    options: dict[str, Any]


class Fitted(NamedTuple):
    """The parameters learned by a fit.

    Args:
        parameters: nested by layer and name.
        statistics: running statistics, nested by layer and name.
        iteration: number of updates that produced the parameters.
    """

    parameters: Tree
    statistics: Tree
    iteration: int

    @property
    def model(self) -> ModelState:
        """The parameters and statistics in the form that programs accept."""
        return ModelState(self.parameters, self.statistics)


class Fit:
    """A fit that can be paused, inspected, saved and continued.

    The results are bit-for-bit identical, no matter how a fit is divided into steps.

    Args:
        program: program compiled for the network's structure.
        hyperparameters: traced hyperparameters; may be replaced between steps.
        train: training set, in memory or streamed.
        val: validation set monitored by early stopping; may be empty.
        seed: seed for initial values, row orders and masks.
        num_iterations: maximum number of updates.
        initial_values: values to start from; None for random values.
        monitors: whether to measure the layers at intervals; see `History.monitors`.

    Example:
        >>> from assay import spec
        >>> from assay.training import hyperparameters, pad, program_for
        >>> training = spec.Training(
        ...     model=(),
        ...     cost="squared_error",
        ...     optimizer=spec.SGD(0.1),
        ...     regularizers=(),
        ...     batch_size="all",
        ... )
        >>> x = np.linspace(-1, 1, 8, dtype=np.float32)
        >>> train = pad(x[:, None], 3 * x, 8)
        >>> program = program_for(training, (1,), num_classes=1, capacity=8)
        >>> values = hyperparameters(training, num_classes=1, total_iterations=200)
        >>> fit = Fit(
        ...     program, values, train=train, val=train, seed=0, num_iterations=200
        ... )
        >>> fit.advance(iterations=1)
        >>> fit.run().result().parameters["output"]["kernel"].round(2).tolist()
        [[3.0]]
    """

    def __init__(
        self,
        program: Program,
        hyperparameters: Hyperparameters,
        *,
        train: Examples | Streamed,
        val: Examples,
        seed: int,
        num_iterations: int,
        initial_values: InitialValues | None = None,
        monitors: bool = True,
    ) -> None:
        self.program = program
        self.hyperparameters = hyperparameters
        self.seed = seed
        self.num_iterations = num_iterations
        self.iteration = 0
        self.history = History()
        self.origin: Origin | None = None
        self.state = program.initialize(seed, hyperparameters, initial_values)
        self.train = train
        self.batch_source: BatchSource = batch_source(
            program, train, val, seed=seed, num_iterations=num_iterations
        )
        self._counts = (int(train.count), int(val.count))
        self._monitor: Monitor | None = monitor_of(program) if monitors else None

    @property
    def iterations_per_epoch(self) -> int:
        """Number of updates in one pass over the training set."""
        return self.program.iterations_per_epoch(self._counts[0])

    @property
    def epoch(self) -> int:
        """Number of completed epochs."""
        return self.iteration // self.iterations_per_epoch

    @property
    def done(self) -> bool:
        """Whether the last iteration has run or the fit was stopped early."""
        return self.iteration >= self.num_iterations or bool(self.state.stopped)

    @property
    def diverged_at(self) -> int | None:
        """First iteration with a non-finite cost, or None if all costs were finite."""
        index = int(self.state.diverged_at)
        return None if index < 0 else index

    def advance(self, *, iterations: int | None = None, epochs: int = 1) -> None:
        """Run `iterations` more iterations or, by default, `epochs` more epochs."""
        per_epoch = self.iterations_per_epoch
        goal = (self.epoch + epochs) * per_epoch
        if iterations is not None:
            goal = self.iteration + iterations
        goal = min(goal, self.num_iterations)
        while self.iteration < goal and not self.done:
            self._call(goal)

    def run(self, on_progress: Callable[["Fit"], None] | None = None) -> "Fit":
        """Run to completion, calling `on_progress` after each program call."""
        while not self.done:
            self.step()
            if on_progress is not None:
                on_progress(self)
        return self

    def step(self) -> None:
        """Call the program once. A call runs several epochs if they are short."""
        self._call(self.num_iterations)

    def compile(self) -> None:
        """Compile the program now instead of in the first step."""
        if not self.program.compiled:
            data, batches = self.batch_source.batches_from(
                self.iteration, self.num_iterations
            )
            self.program.compile(self.state, self.hyperparameters, data, batches)
        if self._monitor is not None and not self._monitor.compiled:
            index = self.iteration - self.done
            data, batches = self.batch_source.batches_from(index, index + 1)
            self._monitor.compile(self.state, self.hyperparameters, data, batches)

    @property
    def next_stop(self) -> int:
        """Next iteration at which the layers are measured. No call may run past it."""
        if self._monitor is None:
            return self.num_iterations
        return (self.iteration // self.monitor_interval + 1) * self.monitor_interval

    @cached_property
    def monitor_interval(self) -> int:
        """Number of iterations between two measurements of the layers."""
        network, per_epoch = self.program.network, self.iterations_per_epoch
        epochs = epochs_between(network, self.program.batch_size, per_epoch)
        return epochs * per_epoch

    def measure_layers(self) -> None:
        """Measure the layers unless this is already done or monitors are off."""
        if self._monitor is None or self.history.is_monitored(self.iteration):
            return
        index = self.iteration - self.done  # no batch follows the last one
        data, batches = self.batch_source.batches_from(index, index + 1)
        table = self._monitor.measure(self.state, self.hyperparameters, data, batches)
        self.history.add_monitors(Measurement(self.iteration, self.epoch, table))

    def _call(self, goal: int) -> None:
        check_process()
        self.compile()
        goal = min(goal, self.next_stop)
        data, batches = self.batch_source.batches_from(self.iteration, goal)
        start, stop = self.iteration, int(batches.stop)
        state, records = self.program.advance(
            self.state, self.hyperparameters, data, batches
        )
        self.take(state, records, start=start, stop=stop)

    def take(self, state: State, records: Records, *, start: int, stop: int) -> None:
        """Store the results of a call that ran iterations `start` to `stop` - 1."""
        if start == 0:  # also measure the layers before the first update
            self.measure_layers()
        self.state = state
        rows = np.asarray(records.iterations)[: stop - start]
        rows = rows[~np.isnan(rows[:, -1])]  # nan marks iterations that did not run
        self.iteration = start + len(rows)
        epochs = np.asarray(records.epochs)
        closed = self.epoch - start // self.iterations_per_epoch
        self.history.add(rows, epochs[:closed])
        if self.done or self.iteration % self.monitor_interval == 0:
            self.measure_layers()

    def result(self) -> Fitted:
        """Return the best parameters if they were kept, otherwise the last ones."""
        best = self.state.best
        if best is None or not self._counts[1]:
            return self.last()
        return self._unpacked(best.parameters, best.statistics, int(best.iteration))

    def last(self) -> Fitted:
        """Return the parameters after the last update."""
        state = self.state
        return self._unpacked(state.parameters, state.statistics, self.iteration)

    def _unpacked(self, parameters: Packed, statistics: Tree, iteration: int) -> Fitted:
        parameters, statistics = to_host((parameters, statistics))
        tree = self.program.static.packing.unpack(parameters)
        return Fitted(tree, statistics, iteration)

    def release(self) -> None:
        """Free streamed rows. They are read again if the fit continues."""
        self.batch_source.release()

    def batch(self) -> Batch:
        """Return the batch for the next iteration."""
        index = self.iteration
        (train, _), batches = self.batch_source.batches_from(index, index + 1)
        epoch, place = divmod(index, self.iterations_per_epoch)
        order = batches.orders[epoch - int(batches.first_epoch)]
        return take_batch(train, order, place, self.program.batch_size)

    def probe(self) -> Probed:
        """Return the values and gradients for the next iteration's batch, by name."""
        index = host_array(np.int32(self.iteration))
        return to_host(
            self.program.probe(self.state, self.hyperparameters, self.batch(), index)
        )

    def save(self, path: str | Path, metadata: Mapping[str, str] | None = None) -> None:
        """Save the fit and metadata to a file from which the fit can be resumed."""
        _checkpoint_file.save(
            path,
            self.state,
            self.history,
            iteration=self.iteration,
            metadata=metadata,
        )

    def restore(self, path: str | Path) -> None:
        """Load a file saved by a fit of the same program."""
        self.state, self.history, self.iteration = _checkpoint_file.load(
            path, self.state
        )
