"""From the rows of a batch to what the model is fed in training."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from assay.nn import Draws, fold, iteration_key
from assay.regularize import Batch, augment, smooth_labels, soft_targets
from assay.training.program._state import State
from assay.training.program._static import Static
from assay.training.rows._examples import inputs_and_lengths

__all__ = ["PreparedBatch", "batch_key", "example_weights", "prepare_batch"]

_AUGMENTING = 2**32 - 1  # layers draw under 1, 2, 3, …


class PreparedBatch(NamedTuple):
    """A batch as the objective takes it.

    Args:
        inputs: (n, *input_shape), or a dict of them.
        targets: (n,) or (n, k).
        weights: (n,), of each row in the cost, 0 where it only pads the batch.
        mask: (n,), 1 for a real row.
    """

    inputs: Any
    targets: Any
    weights: Any
    mask: Any


def prepare_batch(static: Static, hyper: Any, batch: Any, key: Any) -> PreparedBatch:
    """Return a batch with its augmentations, weights and smoothed labels.

    Args:
        plan: says which of them there are.
        hyper: tree of hyper-parameters.
        batch: (inputs, targets, mask).
        key: of the iteration.
    """
    inputs, targets, mask = batch
    if static.augmentations:
        inputs, targets = _augmented(static, hyper["augment"], batch, key=key)
    weights = example_weights(hyper["class_weights"], targets, mask)
    smoothing = hyper["regularizers"].get("label_smoothing")
    if smoothing is not None:
        targets = smooth_labels(targets, static.network.num_outputs, **smoothing)
    return PreparedBatch(inputs, targets, weights, mask)


def _augmented(static: Static, hyper: Any, batch: Any, *, key: Any) -> tuple[Any, Any]:
    inputs, targets, mask = batch
    values, lengths = inputs_and_lengths(inputs)
    if static.mixes_targets and static.classes:
        targets = soft_targets(targets, static.network.num_outputs)
    drawn = Draws(fold(key, _AUGMENTING))
    given = Batch(values, targets, mask, lengths)
    found = augment(given, static.augmentations, drawn, hyper=hyper)
    varied = found.inputs
    if static.codes:  # they name a category; there is nothing between two of them
        columns = jnp.array(static.codes)
        varied = varied.at[..., columns].set(values[..., columns])
    if isinstance(inputs, dict):
        return {**inputs, "values": varied}, found.targets
    return varied, found.targets


def example_weights(class_weights: Any, targets: Any, mask: Any) -> jax.Array:
    """Return (n,): the weight of each row, 0 where it only pads the batch.

    A target between classes has a weight between theirs.
    """
    if class_weights.shape[0] == 1:
        return mask
    if targets.ndim == 2:
        return mask * (targets @ class_weights)
    if jnp.issubdtype(targets.dtype, jnp.floating):
        first, second = class_weights
        return mask * ((1 - targets) * first + targets * second)
    return mask * class_weights[targets.astype(jnp.int32)]


def batch_key(static: Static, state: State, index: Any) -> jax.Array | None:
    """Return the key of an iteration's random numbers; None if nothing is random."""
    return iteration_key(state.key, index) if static.draws else None
