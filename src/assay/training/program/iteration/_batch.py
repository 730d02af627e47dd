"""Selects the rows of a batch and prepares them for a training pass."""

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import jax.numpy as jnp
from jaxtyping import Float, Int

from assay import regularize
from assay.nn import Draws, fold, iteration_key
from assay.regularize import augment, smooth_labels, soft_targets
from assay.training._arrays import (
    Array,
    Count,
    Inputs,
    Mask,
    Order,
    PassKey,
    Scalar,
    Sequences,
    Targets,
)
from assay.training._jax import (
    arange,
    array,
    rows_of,
    tree_map,
)
from assay.training.program._hyperparameters import Hyperparameters
from assay.training.program._state import State
from assay.training.program._static import Static
from assay.training.rows._examples import Examples, inputs_and_lengths
from assay.training.rows._streamed import Chunk

__all__ = [
    "Batch",
    "PreparedBatch",
    "batch_key",
    "example_weights",
    "prepare_batch",
    "take_batch",
    "take_rows",
    "with_scheduled_dropout",
]

Arrays = TypeVar("Arrays")  # a tree of arrays

_AUGMENTING = 2**32 - 1  # differs from the layer numbers 1, 2, 3, …


class Batch(NamedTuple):
    """The rows of an iteration.

    Args:
        inputs: (n, *input_shape), or a dict of values and lengths.
        targets: (n,).
        mask: (n,), 1 for a real row, 0 for a padding row.
        weights: (n,), positive weight of each example in the cost; None for equal
            weights.
    """

    inputs: Inputs
    targets: Targets
    mask: Mask
    weights: Float[Array, " n"] | None = None

    @property
    def counted(self) -> Float[Array, " n"]:
        """Weight of each row in the cost (n,), excluding class weights."""
        return self.mask if self.weights is None else self.mask * self.weights


class PreparedBatch(NamedTuple):
    """A batch that is ready for the objective.

    Args:
        inputs: (n, *input_shape), or a dict of values and lengths.
        targets: (n,) or (n, k).
        weights: (n,), weight of each row in the cost; 0 for padding rows.
        mask: (n,), 1 for a real row, 0 for a padding row.
    """

    inputs: Inputs
    targets: Targets
    weights: Float[Array, " n"]
    mask: Mask


def take_batch(
    examples: Examples | Chunk, order: Order, index: Count | int, size: int
) -> Batch:
    """Return a batch of an epoch.

    Args:
        examples: all rows of the epoch, or the chunk that contains the batch.
        order: row order of the epoch, or of the chunk.
        index: index of the batch within the epoch.
        size: number of rows in a batch.
    """
    start = index * size
    rows = rows_of(order, start - examples.first_row, size)
    mask = (start + arange(size) < examples.count).astype(jnp.float32)
    arrays = (examples.inputs, examples.targets, examples.weights)
    inputs, targets, weights = take_rows(rows, arrays)
    return Batch(inputs, targets, mask, weights)


def take_rows(rows: Int[Array, " batch"], arrays: Arrays) -> Arrays:
    """Return the given rows of every array in a tree."""
    return tree_map(lambda leaf: leaf.at[rows].get(mode="promise_in_bounds"), arrays)


def prepare_batch(
    static: Static,
    hyperparameters: Hyperparameters,
    batch: Batch,
    key: PassKey | None,
) -> PreparedBatch:
    """Apply augmentations, weights and label smoothing to a batch.

    Args:
        static: settings that determine which steps apply.
        hyperparameters: hyperparameters of the fit.
        batch: original rows.
        key: random key of the iteration; None if no random numbers are needed.
    """
    if static.augmentations and key is not None:
        batch = _augmented(static, hyperparameters.augment, batch, key=key)
    inputs, targets, mask, _ = batch
    weights = example_weights(hyperparameters.class_weights, targets, batch.counted)
    smoothing = hyperparameters.regularizers.get("label_smoothing")
    if smoothing is not None:
        targets = smooth_labels(targets, static.network.num_outputs, **smoothing)
    return PreparedBatch(inputs, targets, weights, mask)


def _augmented(
    static: Static,
    hyperparameters: Mapping[str, Mapping[str, Scalar]],
    batch: Batch,
    *,
    key: PassKey,
) -> Batch:
    inputs, targets, mask, _ = batch
    values, lengths = inputs_and_lengths(inputs)
    if static.mixes_targets and static.classes:
        targets = soft_targets(targets, static.network.num_outputs)
    varied = augment(
        regularize.Batch(values, targets, mask, lengths),
        static.augmentations,
        Draws(fold(key, _AUGMENTING)),
        hyper=hyperparameters,
    )
    values, original = varied.inputs, values
    if static.codes:  # category codes must not be interpolated
        columns = array(static.codes)
        values = values.at[..., columns].set(original[..., columns])
    if lengths is not None:
        sequences = Sequences(values=values, lengths=lengths)
        return batch._replace(inputs=sequences, targets=varied.targets)
    return batch._replace(inputs=values, targets=varied.targets)


def example_weights(
    class_weights: Float[Array, " classes"],
    targets: Targets,
    counted: Float[Array, " n"],
) -> Float[Array, " n"]:
    """Return the weight of each row (n,), with 0 for padding rows.

    The weight of a soft target is the weighted mean of the class weights.

    Args:
        class_weights: weight of each class; a single 1 for regression.
        targets: (n,) or (n, k).
        counted: (n,), weight of each row without class weights: 0 for padding rows, and
            1 for all other rows if the examples have equal weights.
    """
    if class_weights.shape[0] == 1:
        return counted
    if targets.ndim == 2:
        return counted * (targets @ class_weights)
    if jnp.issubdtype(targets.dtype, jnp.floating):
        first, second = class_weights
        return counted * ((1 - targets) * first + targets * second)
    return counted * class_weights[targets.astype(jnp.int32)]


def batch_key(static: Static, state: State, index: Count) -> PassKey | None:
    """Return the random key of an iteration, or None if it needs no random numbers."""
    return iteration_key(state.key, index) if static.draws else None


def with_scheduled_dropout(
    static: Static, hyperparameters: Hyperparameters, index: Count
) -> Hyperparameters:
    """Return the hyperparameters with the dropout rates of an iteration.

    Args:
        static: settings that include the dropout schedule.
        hyperparameters: hyperparameters of the fit, with the full rates.
        index: iteration, counted from the start of the fit.
    """
    if static.dropout_schedule is None:
        return hyperparameters
    factor = static.dropout_schedule.factor(
        index, hyperparameters.total_iterations, **hyperparameters.dropout_schedule
    )
    return hyperparameters.with_dropout(factor)
