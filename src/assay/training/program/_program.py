"""The compiled program: a training of one structure, hyper-parameters as inputs."""

import json
import threading
from functools import cached_property
from typing import Any

import jax
import numpy as np

from assay import costs, optim, spec
from assay._seeds import generator, key_data
from assay.regularize import is_kernel
from assay.training.network._custom_network import OwnNetwork
from assay.training.network._initial_values import InitialValues, merge_initial_values
from assay.training.network._network import Network
from assay.training.network._packing import Packing
from assay.training.network._parameter_groups import Groups
from assay.training.program._compile_cache import use_compile_cache
from assay.training.program._epochs import MEMBERS, Batches, advance
from assay.training.program._evaluate import measure, scores
from assay.training.program._iteration import transform
from assay.training.program._probe import probe
from assay.training.program._state import Best, State
from assay.training.program._static import Static
from assay.training.program._validation import check_batch, check_training, code_columns
from assay.training.rows._examples import Examples
from assay.training.rows._streamed import Streamed

__all__ = ["Program", "program_for"]

_ROWS_A_CALL = 65_536  # of training, at least; a call costs some 0.2 ms on its own
_MOST_EPOCHS_A_CALL = 16


class Program:
    """Training of one structure of net; its calls are pure and compiled once a shape.

    Args:
        training: resolved; the values of its traced hyper-parameters do not matter.
        input_shape: shape of one example.
        num_classes: 1 for regression.
        capacity: rows that the training part is padded to.
    """

    def __init__(
        self,
        training: spec.Training,
        input_shape: tuple[int, ...],
        *,
        num_classes: int,
        capacity: int,
    ) -> None:
        use_compile_cache()
        check_training(training, input_shape, num_classes=num_classes)
        loss = costs.get(training.cost.kind)
        optimizer = optim.get(training.optimizer.kind)
        network = _network(training, input_shape, loss.num_outputs(num_classes))
        template, _ = network.initialize(np.random.default_rng(0))
        asked: Any = training.batch_size
        check_batch(network, asked)
        kinds = [regularizer.kind for regularizer in training.regularizers]
        packing = Packing(template, elementwise=optimizer.elementwise)
        groups = Groups(
            training.freeze,
            training.learning_rate_of,
            template,
            packing=packing,
            layers=network.names,
        )
        augmentations = tuple(augmentation.kind for augmentation in training.augment)
        self.static = Static(
            network=network,
            loss=loss,
            optimizer=optimizer,
            schedule=optim.schedules.get(training.schedule.kind),
            packing=packing,
            groups=groups,
            batch_size=capacity if asked == "all" else min(asked, capacity),
            classes=num_classes > 1,
            clips=training.clip_norm is not None,
            stops_early="early_stopping" in kinds,
            kernels=packing.marks(is_kernel),
            augmentations=augmentations,
            codes=code_columns(training),
            accumulate=int(training.accumulate),  # type: ignore[arg-type]
        )
        self.chunk_epochs = min(max(_ROWS_A_CALL // capacity, 1), _MOST_EPOCHS_A_CALL)
        self.num_traces = 0
        self._last_fresh: tuple[int | None, Any] = (None, None)
        self._compiling = threading.Lock()
        self._compiled = False

    @property
    def network(self) -> Network:
        """The model as pure functions."""
        return self.static.network

    @property
    def batch_size(self) -> int:
        """Rows of a batch."""
        return self.static.batch_size

    def iterations_per_epoch(self, count: int) -> int:
        """Return the number of batches of one pass over so many rows."""
        return -(-count // self.batch_size)

    def initialize(
        self, seed: int, hyper: Any, given: InitialValues | None = None
    ) -> State:
        """Return the state at the start, all from the seed but for what is given."""
        tree, statistics = merge_initial_values(self._fresh(seed), given)
        parameters = self.static.packing.pack(tree)
        infinite, zero = np.float32(np.inf), np.int32(0)
        best = Best(parameters, statistics, infinite, zero)
        plateau = jax.device_get(optim.schedules.start_plateau())
        return State(
            parameters=parameters,
            statistics=statistics,
            optimizer=jax.device_get(self._remember(hyper, parameters)),
            key=key_data(seed, "masks"),
            best=best if self.static.stops_early else None,
            stale_epochs=zero,
            plateau=plateau if self.static.watches_plateau else None,
            stopped=np.False_,
            diverged_at=np.int32(-1),
        )

    def _fresh(self, seed: int) -> tuple[Any, Any]:
        """Return fresh parameters and statistics; all trials of a search share them."""
        held = self._last_fresh
        if held[0] != seed:
            fresh = self.network.initialize(generator(seed, "parameters"))
            held = self._last_fresh = seed, fresh
        return held[1]

    def orders(self, seed: int, epoch: int, examples: Examples) -> np.ndarray:
        """Return (chunk_epochs, batches * batch_size): rows in order, from an epoch on.

        Each epoch is one permutation of the real rows; what follows pads the last
        batch and is masked. Networks of one's own, which know of no mask, are given
        other real rows there.
        """
        width = -(-examples.capacity // self.batch_size) * self.batch_size
        orders = np.zeros((self.chunk_epochs, width), np.int32)
        count = int(examples.count)
        for place in range(self.chunk_epochs):
            order = generator(seed, "order", epoch + place).permutation(count)
            orders[place] = self.pad_order(order, width)
        return orders

    def pad_order(self, order: np.ndarray, width: int) -> np.ndarray:
        """Return the order of rows (n,) as (width,), what follows it masked."""
        padded, count = np.zeros(width, np.int32), len(order)
        padded[:count] = order
        if isinstance(self.network, OwnNetwork) and count:
            padded[count:] = np.resize(order, width - count)
        return padded

    @property
    def compiled(self) -> bool:
        """Whether `advance` was compiled."""
        return self._compiled

    def compile(self, state: Any, hyper: Any, data: Any, batches: Batches) -> None:
        """Compile `advance`; threads that ask at once wait for one compilation."""
        with self._compiling:
            if not self._compiled:
                none = batches._replace(stop=batches.start)
                jax.block_until_ready(self.advance(state, hyper, data, none))
                self._compiled = True

    @cached_property
    def advance(self) -> Any:
        """Compiled (state, hyper, data, batches) -> (state, records)."""

        def run(state: Any, hyper: Any, data: Any, batches: Any) -> Any:
            self.num_traces += 1  # counts traces, since it is run only by a trace
            return advance(self.static, state, hyper, data=data, batches=batches)

        return jax.jit(run)

    @cached_property
    def advance_members(self) -> Any:
        """As `advance` for several trainings: state, hyper and orders are stacked."""

        def run(state: Any, hyper: Any, data: Any, batches: Any) -> Any:
            self.num_traces += 1
            parts = {"data": data, "batches": batches, "members": True}
            return advance(self.static, state, hyper, **parts)

        axes = (0, 0, None, Batches(0, None, None, None))
        return jax.jit(jax.vmap(run, axes, axis_name=MEMBERS))

    @cached_property
    def predict(self) -> Any:
        """Compiled ((parameters, statistics), hyper, inputs) -> predictions."""

        def run(model: Any, hyper: Any, inputs: Any) -> Any:
            outputs = self.network.infer(model[0], model[1], hyper["model"], inputs)
            return self.static.loss.link(outputs)

        return jax.jit(run)

    @cached_property
    def _scores(self) -> Any:
        def run(model: Any, hyper: Any, inputs: Any, targets: Any) -> Any:
            outputs = self.network.infer(model[0], model[1], hyper["model"], inputs)
            return scores(self.static, outputs, targets)

        return jax.jit(run)

    def scores(self, model: Any, hyper: Any, part: Examples | Streamed) -> np.ndarray:
        """Return (count,): 1 where the class is right, or the squared error.

        The model starts with its parameters and statistics, nested by layer and name.
        """
        if isinstance(part, Streamed):
            found = [self.scores(model, hyper, some) for some in part.pass_over()]
            return np.concatenate([np.zeros(0, np.float32), *found])
        found = self._scores(model[:2], hyper, part.inputs, part.targets)
        return np.asarray(found)[: int(part.count)]

    @cached_property
    def _costs(self) -> Any:
        def run(state: Any, hyper: Any, part: Any) -> Any:
            model = self.static.packing.unpack(state.parameters), state.statistics
            return measure(self.static, model, hyper, part)

        return jax.jit(run)

    def costs(
        self, state: State, hyper: Any, part: Examples | Streamed
    ) -> tuple[float, float]:
        """Return (cost, mean score) of the leading rows of a part, nan for no rows.

        As an epoch ends by, but at any place; how many rows is `measured_rows`.
        """
        cost, score = np.asarray(self._costs(state, hyper, part.leading))
        return float(cost), float(score)

    @cached_property
    def probe(self) -> Any:
        """Compiled (state, hyper, batch, iteration) -> named values and gradients."""

        def run(state: Any, hyper: Any, batch: Any, iteration: Any) -> Any:
            return probe(self.static, state, hyper, batch, index=iteration)

        return jax.jit(run)

    @cached_property
    def _remember(self) -> Any:
        return jax.jit(lambda hyper, p: _init(self.static, hyper, p))


def _network(
    training: spec.Training, input_shape: tuple[int, ...], num_outputs: int
) -> Network:
    freeze = training.freeze
    if training.own is not None:
        sizes = {"num_outputs": num_outputs, "freeze": freeze}
        return OwnNetwork(training.own, input_shape, **sizes)
    return Network(
        training.model,
        input_shape,
        num_outputs=num_outputs,
        precision=training.precision,
        freeze=freeze,
    )


def _init(static: Static, hyper: Any, parameters: Any) -> Any:
    return transform(static, hyper).init(static.groups.learning(parameters))


_PROGRAMS: dict[str, Program] = {}
_LOCK = threading.Lock()


def program_for(
    training: spec.Training,
    input_shape: tuple[int, ...],
    *,
    num_classes: int,
    capacity: int,
) -> Program:
    """Return the program of a training's structure, made once a process.

    Two trainings that differ in traced hyper-parameters only share one program.
    """
    asked = training.model_copy(update={"num_epochs": 1})
    own = None if training.own is None else id(training.own.factory)
    identity = json.dumps([asked.structure(), input_shape, num_classes, capacity, own])
    with _LOCK:
        if identity not in _PROGRAMS:
            _PROGRAMS[identity] = Program(
                training, input_shape, num_classes=num_classes, capacity=capacity
            )
        return _PROGRAMS[identity]
