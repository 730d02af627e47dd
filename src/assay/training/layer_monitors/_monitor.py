"""Measures each layer in a network during training."""

import math
import operator
import threading
from collections.abc import Callable
from functools import lru_cache
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from jaxtyping import Float, Int

from assay.nn import Applied, Layer
from assay.training._arrays import Array, Count, Mask, Tree, host_array
from assay.training._compiler import compiler_options
from assay.training._devices import jit_on, on_all, split_rows
from assay.training._jax import Path, tree_leaves, tree_map, tree_paths
from assay.training.layer_monitors._outputs import (
    OUTPUT_FIELDS,
    LayerOutputs,
    measure_outputs,
)
from assay.training.layer_monitors._plan import num_rows_for
from assay.training.program._compile_cache import CompileOnce
from assay.training.program._epochs import Batches
from assay.training.program._hyperparameters import Hyperparameters
from assay.training.program._program import Program
from assay.training.program._state import State
from assay.training.program.iteration._batch import (
    Batch,
    batch_key,
    prepare_batch,
    take_rows,
    with_scheduled_dropout,
)
from assay.training.program.iteration._iteration import update
from assay.training.program.iteration._objective import gradients, penalty_gradient
from assay.training.rows._streamed import Data

__all__ = ["MONITOR_FIELDS", "Monitor", "monitor_of"]

_LEARNING_FIELDS = ("gradient_norm", "parameter_norm", "update_ratio")
MONITOR_FIELDS = _LEARNING_FIELDS + OUTPUT_FIELDS

Rows = Int[Array, " n"]
Result = TypeVar("Result")
Spread = Int[Array, " rows"]
# gradient of the cost, parameters after the update, and outputs of each layer
Measured = tuple[Tree, Tree, dict[str, LayerOutputs]]


class Monitor:
    """Measures each layer without changing the state of a fit.

    A monitor has its own program, so the training loop is not slowed down, and training
    gives the same results with and without a monitor. NumPy summarizes the arrays,
    because compiling the many small summaries would take almost as long as compiling
    the training program.

    Args:
        program: program whose network is measured.
    """

    def __init__(self, program: Program) -> None:
        self.layers = program.network.layer_paths
        self._program = program
        self._saturating = program.network.saturating
        self._num_rows = num_rows_for(program.network)
        self._owners: list[int] = []
        self._run = _compiled(program)
        self._compile_once = CompileOnce()

    @property
    def compiled(self) -> bool:
        """Whether the program is compiled."""
        return self._compile_once.done

    def compile(
        self,
        state: State,
        hyperparameters: Hyperparameters,
        data: Data,
        batches: Batches,
    ) -> None:
        """Compile the program once, even if called from several threads."""
        self._compile_once(lambda: self.measure(state, hyperparameters, data, batches))

    def measure(
        self,
        state: State,
        hyperparameters: Hyperparameters,
        data: Data,
        batches: Batches,
    ) -> Float[np.ndarray, "layers 9"]:
        """Return a row of `MONITOR_FIELDS` per layer, with nan for undefined values.

        Args:
            state: state of the fit.
            hyperparameters: hyperparameters of the fit.
            data: train (or its current chunk) and val.
            batches: the batch of one iteration, whose gradient and update are measured.
        """
        part = data[0].leading
        num_rows = min(self._num_rows, part.capacity)
        num_examples = min(num_rows, int(part.count))
        spread = host_array(_spread(int(part.count), num_rows))
        batch = (batches.start, *self._batch_rows(data, batches), spread)
        run = self._run(state, hyperparameters, data, batch)
        gradient, after, outputs = _on_host(run)
        before = self._program.static.packing.unpack(_on_host(state.parameters))
        with np.errstate(all="ignore"):  # numbers overflow when training diverges
            learning = self._norms(gradient, before, after)
            rest = self._summarize(outputs, num_examples)
        return np.concatenate([learning, rest], axis=1).astype(np.float32)

    def _summarize(
        self, outputs: dict[str, LayerOutputs], num_examples: int
    ) -> Float[np.ndarray, "layers 6"]:
        """Return a row of `OUTPUT_FIELDS` per layer."""
        rows = np.full((len(self.layers), len(OUTPUT_FIELDS)), math.nan)
        for name, of_layer in outputs.items():
            saturates = name in self._saturating
            row = measure_outputs(of_layer, num_examples, saturates=saturates)
            rows[self.layers.index(name)] = row
        return rows

    def _norms(
        self, gradient: Tree, before: Tree, after: Tree
    ) -> Float[np.ndarray, "layers 3"]:
        """Return the norms of gradients and parameters, and the relative updates.

        The row of a layer does not include the arrays of its inner layers.
        """
        squares = np.zeros((len(self.layers), 3))
        trees = (tree_leaves(tree) for tree in (gradient, before, after))
        for place, *arrays in zip(self._places(before), *trees, strict=True):
            slope, old, new = map(np.asarray, arrays)
            squares[place] += [np.vdot(a, a) for a in (slope, old, new - old)]
        norms = np.sqrt(squares)
        norms[:, 2] /= norms[:, 1]
        without = {*range(len(self.layers))} - {*self._places(before)}
        norms[list(without)] = math.nan
        return norms

    def _places(self, parameters: Tree) -> list[int]:
        """Return the index of each array's layer."""
        if not self._owners:
            paths = tree_paths(parameters)
            self._owners = [_place(path, self.layers) for path in paths]
        return self._owners

    def _batch_rows(self, data: Data, batches: Batches) -> tuple[Rows, Mask]:
        """Return the row numbers of a batch and a mask of the real rows."""
        train, size = data[0], self._program.batch_size
        epoch, place = divmod(int(batches.start), int(batches.per_epoch))
        order = np.asarray(batches.orders)[epoch - int(batches.first_epoch)]
        start = place * size - int(train.first_row)
        mask = place * size + np.arange(size) < int(train.count)
        rows = host_array(order[start : start + size])
        return rows, host_array(mask.astype(np.float32))


def _compiled(program: Program) -> Callable[..., Measured]:
    """Return a program that maps a state and row numbers to `Measured`."""
    static = program.static

    def run(
        state: State,
        hyperparameters: Hyperparameters,
        data: Data,
        rows: tuple[Count, Rows, Mask, Spread],
    ) -> Measured:
        index, batch_rows, mask, spread_rows = rows
        train = data[0]
        arrays = (train.inputs, train.targets, train.weights)
        inputs, targets, weights = take_rows(batch_rows, arrays)
        batch = split_rows(Batch(inputs, targets, mask, weights), static.mesh)
        key = batch_key(static, state, index)
        hyperparameters = with_scheduled_dropout(static, hyperparameters, index)
        prepared = prepare_batch(static, hyperparameters, batch, key)
        parameters = static.packing.unpack(state.parameters)
        # the gradient of a penalty would hide a vanishing gradient of the cost
        cost_only = hyperparameters._replace(regularizers={})
        gradient, _, _ = gradients(
            static,
            parameters,
            cost_only,
            prepared,
            statistics=state.statistics,
            key=key,
        )
        gradient = on_all(gradient, static.mesh)
        penalties = penalty_gradient(static, parameters, hyperparameters)
        total = tree_map(operator.add, gradient, penalties)
        updated = update(static, state, hyperparameters, total, index=index)
        after = static.packing.unpack(updated.parameters)
        inputs = take_rows(spread_rows, data[0].leading.inputs)
        inputs = split_rows(inputs, static.mesh)
        applied = static.network.applied(
            parameters, state.statistics, hyperparameters.model, inputs
        )
        return gradient, after, {layer.name: _outputs(layer) for layer in applied}

    return jit_on(program.mesh, run, compiler_options())


def _outputs(applied: Applied) -> LayerOutputs:
    layer, slopes = applied.layer, None
    if isinstance(layer, Layer):
        slopes = layer.slopes(applied.inputs, applied.outputs)
    return LayerOutputs(applied.outputs, slopes, applied.lengths)


def _on_host(tree: Result) -> Result:
    """Return a tree with NumPy arrays, which are not copied if they are on a CPU."""
    return tree_map(lambda array: host_array(np.asarray(array)), tree)


@lru_cache(maxsize=32)
def _spread(count: int, num_rows: int) -> np.ndarray:
    """Return evenly spaced row numbers of `count` examples, padded to (num_rows,)."""
    rows = np.zeros(num_rows, np.int32)
    used = min(num_rows, count)
    rows[:used] = np.arange(used) * count // max(used, 1)
    return rows


def _place(path: Path, layers: tuple[str, ...]) -> int:
    """Return the index of an array's layer."""
    name = ".".join(str(getattr(entry, "key", entry)) for entry in path)
    owners = [layer for layer in layers if f"{name}.".startswith(f"{layer}.")]
    return layers.index(max(owners, key=len))


_MONITORS: WeakKeyDictionary[Program, Monitor] = WeakKeyDictionary()
_LOCK = threading.Lock()


def monitor_of(program: Program) -> Monitor:
    """Return the monitor of a program, shared by all of its fits."""
    with _LOCK:
        if program not in _MONITORS:
            _MONITORS[program] = Monitor(program)
        return _MONITORS[program]
