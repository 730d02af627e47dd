"""Pads sequences of different lengths into one array."""

import numpy as np

__all__ = ["clip_lengths", "empty_batch", "pad_into", "round_up_steps"]


def pad_into(flat: np.ndarray, lengths: np.ndarray, out: np.ndarray) -> None:
    """Write sequences into the rows of a padded array.

    Args:
        flat: the steps of all sequences, concatenated.
        lengths: number of steps of each sequence (n,).
        out: padded array (n, steps, ...); steps that do not fit are dropped.
    """
    steps = np.arange(int(lengths.max())) if len(lengths) else np.arange(0)
    is_step = steps < lengths[:, None]
    starts = np.cumsum(lengths) - lengths
    rows, columns = np.nonzero(is_step[:, : out.shape[1]])
    out[rows, columns] = flat[starts[rows] + columns]


def empty_batch(values: np.ndarray) -> dict[str, np.ndarray]:
    """Return a batch without rows, which contains the given empty array."""
    return {"values": values, "lengths": np.zeros(len(values), dtype=np.int32)}


def clip_lengths(lengths: np.ndarray, steps: int) -> np.ndarray:
    """Return the lengths of sequences after truncation to `steps`."""
    return np.minimum(lengths, steps).astype(np.int32)


def round_up_steps(steps: int) -> int:
    """Return the smallest of 8, 10, 12, 14, 16, 20, 24, … that is at least `steps`.

    The maximum lengths in train + val and in train alone usually round to the same
    number, so the refit can reuse the program compiled for tuning.

    Example:
        >>> [round_up_steps(steps) for steps in (3, 9, 17, 33)]
        [8, 10, 20, 40]
    """
    size = 2
    while 4 * size < steps:
        size *= 2
    size //= 2
    return max(8, -(-steps // size) * size)
