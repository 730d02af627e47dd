"""The tasks of the contestants. Each process generates the data from a seed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from assay import spec
from assay._seeds import generator
from benchmarks._arithmetic import agree
from benchmarks._work import operations

__all__ = [
    "Data",
    "Members",
    "Product",
    "Search",
    "Table",
    "Task",
    "orders",
    "sorted_by_teacher",
]


class Data(NamedTuple):
    """Training and validation examples.

    Args:
        inputs: training inputs, (n, *input_shape), channels last.
        targets: class indices, (n,).
        val_inputs: validation inputs, (m, *input_shape), if a goal or a search needs
            them.
        val_targets: class indices, (m,).
    """

    inputs: np.ndarray
    targets: np.ndarray
    val_inputs: np.ndarray
    val_targets: np.ndarray


@dataclass(frozen=True)
class Task:
    """A single fit.

    Args:
        name: name of the workload.
        training: the network, its optimizer, batch size and number of epochs.
        draw: function that draws the data for a given number of examples.
        num_examples: number of training examples.
        num_classes: number of classes.
        tolerance: largest allowed relative difference between the final costs after
            training from the same parameters on the same batches.
        loose_tolerance: tolerance for peers that draw their own batches.
        goal: validation accuracy at which the round ends; None for a fixed number of
            epochs.
    """

    name: str
    training: spec.Training
    draw: Callable[[int], Data]
    num_examples: int
    num_classes: int = 10
    tolerance: float = 0.01
    loose_tolerance: float = 0.25
    goal: float | None = None
    seed: int = 0

    @property
    def batch_size(self) -> int:
        """Number of rows in a batch."""
        return int(self.training.batch_size)  # type: ignore[arg-type]

    @property
    def num_epochs(self) -> int:
        """Maximum number of epochs in a round."""
        return int(self.training.num_epochs)  # type: ignore[arg-type]

    @property
    def num_iterations(self) -> int:
        """Maximum number of updates in a round."""
        return self.num_epochs * -(-self.num_examples // self.batch_size)

    def data(self) -> Data:
        """Generate the data."""
        return self.draw(self.num_examples)

    def operations(self, input_shape: tuple[int, ...]) -> int:
        """Return the number of floating-point operations in a complete round."""
        each = operations(self.training.model, input_shape, self.num_classes)
        return each * self.num_examples * self.num_epochs

    def fault(self, ours: float, theirs: float, *, same_batches: bool) -> str | None:
        """Return the reason why two outcomes do not match; None if they match."""
        if self.goal is not None:
            reached = min(ours, theirs) >= self.goal
            return None if reached else f"accuracy {ours:.3f} and {theirs:.3f}"
        tolerance = self.tolerance if same_batches else self.loose_tolerance
        if agree(ours, theirs, tolerance):
            return None
        return f"final costs differ: {ours:.4g} and {theirs:.4g}"

    def tiny(self) -> "Task":
        """Return a small version of the task, to check that everything runs."""
        training = self.training.model_copy(update={"num_epochs": 2})
        rows = min(self.num_examples, 4 * max(self.batch_size, 16))
        goal = None if self.goal is None else 0.05
        return replace(self, training=training, num_examples=rows, goal=goal)


@dataclass(frozen=True)
class Search:
    """A hyperparameter search.

    Args:
        name: name of the workload.
        task: the task of a trial, with search spaces in `training`.
        num_trials: number of trials.
        trials_a_round: number of trials per round; each round continues the search.
        tolerance: largest allowed relative difference between the best validation
            accuracies.
    """

    name: str
    task: Task
    num_trials: int = 64
    trials_a_round: int = 64
    tolerance: float = 0.03

    def fault(self, ours: float, theirs: float, *, same_batches: bool) -> str | None:
        """Return the reason why two outcomes do not match; None if they match."""
        if agree(ours, theirs, self.tolerance):
            return None
        return f"best accuracies differ: {ours:.3f} and {theirs:.3f}"

    def tiny(self) -> "Search":
        """Return a small version of the search, to check that everything runs."""
        return replace(
            self, task=self.task.tiny(), num_trials=4, trials_a_round=2, tolerance=0.9
        )


@dataclass(frozen=True)
class Members:
    """Several fits that differ only in their seed.

    Args:
        name: name of the workload.
        task: the task of each fit.
        count: number of fits.
    """

    name: str
    task: Task
    count: int

    def fault(self, ours: float, theirs: float, *, same_batches: bool) -> str | None:
        """Return the reason why two outcomes do not match; None if they match."""
        return self.task.fault(ours, theirs, same_batches=same_batches)

    def tiny(self) -> "Members":
        """Return a small version of the task, to check that everything runs."""
        return replace(self, task=self.task.tiny(), count=2)


@dataclass(frozen=True)
class Table:
    """A fit to a table of numbers stored in files.

    Args:
        name: name of the workload.
        training: the network, its optimizer, batch size and number of epochs.
        num_examples: number of rows.
        num_features: number of columns, excluding the target.
        num_classes: number of classes.
        tolerance: largest allowed relative difference between the final costs.
    """

    name: str
    training: spec.Training
    num_examples: int
    num_features: int = 20
    num_classes: int = 10
    tolerance: float = 0.25
    seed: int = 0

    def rows(self, count: int, place: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw the rows of a file; each file has different rows."""
        rng = generator(self.seed, "table", place)
        inputs = rng.normal(size=(count, self.num_features)).astype(np.float32)
        weights = generator(self.seed, "teacher").normal(
            size=(self.num_features, self.num_classes)
        )
        return inputs, np.argmax(inputs @ weights, axis=1)

    def fault(self, ours: float, theirs: float, *, same_batches: bool) -> str | None:
        """Return the reason why two outcomes do not match; None if they match."""
        if agree(ours, theirs, self.tolerance):
            return None
        return f"final costs differ: {ours:.4g} and {theirs:.4g}"

    def tiny(self) -> "Table":
        """Return a small version of the task, to check that everything runs."""
        return replace(self, num_examples=self.num_examples // 1000, tolerance=0.9)


@dataclass(frozen=True)
class Product:
    """Products of two matrices. Their speed is the reference for other workloads.

    Args:
        name: name of the workload.
        size: number of rows and columns of a matrix.
        repeats: number of products per round.
    """

    name: str
    size: int = 1024
    repeats: int = 50

    def fault(self, ours: float, theirs: float, *, same_batches: bool) -> str | None:
        """Return the reason why two outcomes do not match; None if they match."""
        return None if agree(ours, theirs, 1e-3) else "products differ"

    def tiny(self) -> "Product":
        """Return a small version of the task, to check that everything runs."""
        return replace(self, repeats=2)


def orders(task: Task) -> Iterator[np.ndarray]:
    """Yield the row order of each epoch, drawn in the same way as in Assay."""
    for epoch in range(task.num_epochs):
        yield generator(task.seed, "order", epoch).permutation(task.num_examples)


def sorted_by_teacher(
    shape: tuple[int, ...], *, num_val: int = 0
) -> Callable[[int], Data]:
    """Return a function that draws normal inputs and classes given by a linear rule."""

    def draw(num_examples: int) -> Data:
        rng = np.random.default_rng(0)
        teacher = rng.standard_normal((int(np.prod(shape)), 10))
        total = num_examples + num_val
        inputs = rng.standard_normal((total, *shape), np.float32)
        scores = inputs.reshape(total, -1) @ teacher.astype(np.float32)
        scores += 0.2 * scores.std() * rng.standard_normal(scores.shape, np.float32)
        targets = scores.argmax(1).astype(np.int32)
        cut = num_examples
        return Data(inputs[:cut], targets[:cut], inputs[cut:], targets[cut:])

    return draw
