"""Divides train + val into folds for cross-validation, and joins them for the refit."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from assay._calls import explains_arguments
from assay._seeds import generator
from assay.data.splits._split import Split

__all__ = ["NUM_FOLDS", "folds", "with_val_in_train"]

NUM_FOLDS = 5
"""Number of cross-validation folds of train + val."""


def with_val_in_train(split: Split) -> Split:
    """Return the split with train + val as train and an empty validation set."""
    both = np.concatenate([split.train, split.val])
    return replace(split, train=both, val=split.val[:0])


@explains_arguments(
    "assay.data.folds(assay.data.split(dataset, seed=0), seed=0)", split=Split
)
def folds(split: Split, *, seed: int, num_folds: int = NUM_FOLDS) -> Iterator[Split]:
    """Yield splits that use each random fold of train + val as val in turn.

    Args:
        split: the split, whose test set is not changed.
        seed: seed of the random order of the rows.
        num_folds: number of folds, >= 2.

    Example:
        >>> from assay.data import load, split
        >>> whole = split(load("iris"), seed=0)
        >>> [len(fold.val) for fold in folds(whole, seed=0)]
        [26, 26, 25, 25, 25]
    """
    both = with_val_in_train(split).train
    order = generator(seed, "folds").permutation(both)
    for fold in range(num_folds):
        held_out = np.arange(len(order)) % num_folds == fold
        yield replace(split, train=order[~held_out], val=order[held_out])
