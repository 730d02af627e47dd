"""The compiled program for a network structure. Hyperparameters are its inputs."""

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float, Int

from assay import spec
from assay._seeds import generator
from assay.training._arrays import Array, Count, HostInputs, Inputs, Targets, Tree
from assay.training._compiler import compiler_options
from assay.training._devices import Mesh, jit_on
from assay.training._fork import check_process
from assay.training._jax import block_until_ready, jit, to_host, vmap
from assay.training.network._custom_network import CustomNetwork
from assay.training.network._initial_values import InitialValues, merge_initial_values
from assay.training.network._model_state import ModelState
from assay.training.network._network import Network
from assay.training.network._packing import Packed
from assay.training.program._compile_cache import CompileOnce, use_compile_cache
from assay.training.program._epochs import MEMBERS, Batches, Records, advance
from assay.training.program._evaluate import measure, scores
from assay.training.program._hyperparameters import Hyperparameters
from assay.training.program._initial_state import initial_state
from assay.training.program._probe import Probed, probe
from assay.training.program._state import Memory, State
from assay.training.program._static import static_of
from assay.training.program._validation import check_training
from assay.training.program.iteration._batch import Batch
from assay.training.program.iteration._iteration import rule_of
from assay.training.rows._examples import Examples
from assay.training.rows._row_order import RowNumbers, pad_order, shuffled
from assay.training.rows._streamed import Data, Streamed

__all__ = ["Program"]

_ROWS_PER_CALL = 65_536  # a minimum, because each call costs about 0.2 ms
_MOST_EPOCHS_PER_CALL = 16  # keeps progress visible and time limits accurate

Advance = Callable[[State, Hyperparameters, Data, Batches], tuple[State, Records]]


class Program:
    """The compiled program for a network structure. Its methods are pure functions.

    Args:
        training: resolved training spec; its traced values have no effect.
        input_shape: shape of one example.
        num_classes: number of classes; 1 for regression.
        capacity: number of rows in the padded training set.
        measures: whether epochs can be measured.
    """

    def __init__(
        self,
        training: spec.Training,
        input_shape: tuple[int, ...],
        *,
        num_classes: int,
        capacity: int,
        measures: bool = True,
    ) -> None:
        use_compile_cache()
        check_training(training, input_shape, num_classes=num_classes)
        self.static = static_of(
            training,
            input_shape,
            num_classes=num_classes,
            capacity=capacity,
            measures=measures,
        )
        products, _ = self.network.work
        self.compiler_options = compiler_options(
            capacity * products, num_updates=capacity // self.batch_size
        )
        most = max(_ROWS_PER_CALL // capacity, 1)
        self.chunk_epochs = min(most, _MOST_EPOCHS_PER_CALL)
        self.num_traces = 0
        self._last_fresh: tuple[int, ModelState] | None = None
        self._compile_once = CompileOnce()

    @property
    def network(self) -> Network:
        """The network as pure functions."""
        return self.static.network

    @property
    def batch_size(self) -> int:
        """Number of rows in a batch."""
        return self.static.batch_size

    @property
    def mesh(self) -> Mesh | None:
        """The devices across which batches are split, or None for a single device."""
        return self.static.mesh

    def iterations_per_epoch(self, count: int) -> int:
        """Return the number of batches in one pass over `count` rows."""
        return self.static.batches_per_epoch(count)

    def initialize(
        self,
        seed: int,
        hyperparameters: Hyperparameters,
        initial_values: InitialValues | None = None,
    ) -> State:
        """Return the initial state. The seed determines values that are not given."""
        model = merge_initial_values(self._fresh(seed), initial_values)
        parameters = self.static.packing.pack(model.parameters)
        memory = to_host(self._start_memory(hyperparameters, parameters))
        return initial_state(
            self.static, parameters, model.statistics, memory, seed=seed
        )

    def _fresh(self, seed: int) -> ModelState:
        """Return newly drawn parameters and statistics, shared by a search's trials."""
        last = self._last_fresh
        if last is None or last[0] != seed:
            fresh = self.network.initialize(generator(seed, "parameters"))
            last = self._last_fresh = seed, fresh
        return last[1]

    def orders(
        self, seed: int, epoch: int, examples: Examples, *, end: int | None = None
    ) -> Int[np.ndarray, "epochs positions"]:
        """Return row orders (chunk_epochs, batches * batch_size), starting at an epoch.

        Each epoch is one permutation of the real rows, followed by masked rows that
        pad the last batch. Custom networks do not support masks, so their padding
        repeats real rows.

        Args:
            seed: seed of the fit.
            epoch: epoch of the first order.
            examples: rows to order.
            end: epoch at which to stop (exclusive); later orders are filled with 0 to
                save time.
        """
        width = -(-examples.capacity // self.batch_size) * self.batch_size
        orders = np.zeros((self.chunk_epochs, width), np.int32)
        count = int(examples.count)
        stop = self.chunk_epochs if end is None else min(end - epoch, self.chunk_epochs)
        for index in range(stop):
            order = shuffled(count, seed, epoch + index)
            orders[index] = self.pad_order(order, width)
        return orders

    def pad_order(self, order: RowNumbers, width: int) -> Int[np.ndarray, " positions"]:
        """Pad a row order (n,) to (width,). Padding rows are masked."""
        repeats = isinstance(self.network, CustomNetwork)
        return pad_order(order, width, repeats=repeats)

    @property
    def compiled(self) -> bool:
        """Whether `advance` is compiled."""
        return self._compile_once.done

    @property
    def compile_seconds(self) -> float:
        """Time spent compiling `advance`, or 0 if this object did not compile it."""
        return self._compile_once.seconds

    def compile(
        self,
        state: State,
        hyperparameters: Hyperparameters,
        data: Data,
        batches: Batches,
    ) -> None:
        """Compile `advance` once, even if called from several threads."""
        nothing = batches._replace(stop=batches.start)
        self._compile_once(
            lambda: block_until_ready(
                self.advance(state, hyperparameters, data, nothing)
            )
        )

    @cached_property
    def advance(self) -> Advance:
        """The compiled training program.

        It maps (state, hyperparameters, data, batches) to (state, records).
        """
        return jit_on(self.mesh, self._advance(members=False), self.compiler_options)

    @cached_property
    def advance_members(self) -> Advance:
        """`advance` for several fits with stacked inputs.

        The state, the hyperparameters and the orders have a leading member axis. All
        members share the data and the range of iterations.
        """
        front: Any = 0  # `vmap` expects axes with the same structure as the arrays
        shared: Any = None
        axes = (front, front, shared, Batches(front, *[shared] * 4))
        mapped = vmap(self._advance(members=True), axes, axis_name=MEMBERS)
        return jit_on(self.mesh, mapped, self.compiler_options)

    def _advance(self, *, members: bool) -> Advance:
        def run(
            state: State, hyperparameters: Hyperparameters, data: Data, batches: Batches
        ) -> tuple[State, Records]:
            self.num_traces += 1  # this line runs only while tracing
            return advance(
                self.static,
                state,
                hyperparameters,
                data=data,
                batches=batches,
                members=members,
            )

        return run

    def predict(
        self,
        model: ModelState | tuple[Tree, Tree],
        hyperparameters: Hyperparameters,
        inputs: Inputs | HostInputs,
    ) -> Float[Array, "n ..."]:
        """Return predictions for inputs (n, *input_shape)."""
        check_process()
        return self._predict(ModelState(*model), hyperparameters, inputs)

    @cached_property
    def _predict(
        self,
    ) -> Callable[[ModelState, Hyperparameters, Inputs | HostInputs], Array]:
        def run(
            model: ModelState,
            hyperparameters: Hyperparameters,
            inputs: Inputs | HostInputs,
        ) -> Float[Array, "n ..."]:
            outputs = self.network.infer(*model, hyperparameters.model, inputs)
            return self.static.loss.link(outputs)

        return jit(run, self.compiler_options)

    def scores(
        self,
        model: ModelState,
        hyperparameters: Hyperparameters,
        part: Examples | Streamed,
    ) -> Float[np.ndarray, " n"]:
        """Return scores (count,): 0 or 1 for classes, squared errors for regression."""
        if isinstance(part, Streamed):
            each = [self.scores(model, hyperparameters, p) for p in part.in_order()]
            return np.concatenate([np.zeros(0, np.float32), *each])
        rows = self._scores(model, hyperparameters, part.inputs, part.targets)
        return np.asarray(rows)[: int(part.count)]

    @cached_property
    def _scores(
        self,
    ) -> Callable[[ModelState, Hyperparameters, Inputs, Targets], Array]:
        def run(
            model: ModelState,
            hyperparameters: Hyperparameters,
            inputs: Inputs,
            targets: Targets,
        ) -> Float[Array, " n"]:
            outputs = self.network.infer(*model, hyperparameters.model, inputs)
            return scores(self.static, outputs, targets)

        return jit_on(self.mesh, run, compiler_options())

    def costs(
        self, state: State, hyperparameters: Hyperparameters, part: Examples | Streamed
    ) -> tuple[float, float]:
        """Return (cost, mean score) on a part's leading rows, or nan for an empty part.

        At most `measured_rows` rows are measured, as after each epoch. The fit may have
        used another batch size, or another optimizer whose parameters are packed in the
        same way, so several programs can share one compiled measurement.
        """
        values = hyperparameters.for_measurement()
        packed, statistics = state.parameters, state.statistics
        cost, score = np.asarray(self._costs(packed, statistics, values, part.leading))
        return float(cost), float(score)

    @cached_property
    def _costs(self) -> Callable[[Packed, Tree, Hyperparameters, Examples], Array]:
        def run(
            packed: Packed,
            statistics: Tree,
            hyperparameters: Hyperparameters,
            part: Examples,
        ) -> Float[Array, "2"]:
            model = ModelState(self.static.packing.unpack(packed), statistics)
            return measure(self.static, model, hyperparameters, part)

        return jit_on(self.mesh, run, compiler_options())

    @cached_property
    def probe(self) -> Callable[[State, Hyperparameters, Batch, Count], Probed]:
        """The compiled program that returns the values and gradients of a batch.

        It maps (state, hyperparameters, batch, iteration) to a `Probed` dictionary.
        """

        def run(
            state: State, hyperparameters: Hyperparameters, batch: Batch, index: Count
        ) -> Probed:
            return probe(self.static, state, hyperparameters, batch, index=index)

        return jit_on(self.mesh, run, compiler_options())

    @cached_property
    def _start_memory(self) -> Callable[[Hyperparameters, Packed], Memory]:
        def run(hyperparameters: Hyperparameters, parameters: Packed) -> Memory:
            learning = self.static.groups.learning(parameters)
            return rule_of(self.static, hyperparameters).init(learning)

        return jit(run, compiler_options())
