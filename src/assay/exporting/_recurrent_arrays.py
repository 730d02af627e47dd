"""Converts the arrays of recurrent layers to the layouts of other libraries."""

import numpy as np

from assay.exporting._trained_layers import TrainedLayer

__all__ = ["first_states", "second_bias"]


def second_bias(trained: TrainedLayer, prefix: str) -> np.ndarray:
    """Return the biases of the recurrent product, which are 0 for gates without a bias.

    Args:
        trained: recurrent layer.
        prefix: prefix of the array names for one direction.
    """
    bias = np.zeros_like(trained.array(f"{prefix}bias"))
    learned = trained.optional(f"{prefix}recurrent_bias")
    if learned is not None:  # `learned` is the bias of the last gate of a GRU
        bias[-len(learned) :] = learned
    return bias


def first_states(trained: TrainedLayer) -> list[np.ndarray]:
    """Return the learned initial states, each of shape (directions, 1, units)."""
    layer = trained.layer
    if not layer.learns_state:
        return []
    return [
        np.stack([trained.array(prefix + name)[None] for prefix in layer.directions])
        for name in layer.states
    ]
