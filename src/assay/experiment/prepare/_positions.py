"""Updates the positions of embedded numbers when the prepared columns change."""

from collections.abc import Mapping, Sequence
from typing import Any

from assay import spec
from assay.data import Preparation

__all__ = ["at_columns_of"]

_KEEP_COLUMNS = (spec.EmbedColumns, spec.ISRU, spec.LearnedScale)


def at_columns_of(
    training: spec.Training, before: Preparation, after: Preparation
) -> spec.Training:
    """Return the training spec with periodic embeddings of the same columns as before.

    A preparation has no column for a category that does not occur in its rows, and no
    flag for missing values if none are missing. Therefore, the folds and the refit may
    have more or fewer columns than the tuning rows, and the positions of numbers may
    differ.

    Embedded numbers that do not exist in `after` are left out.

    Args:
        training: the training spec, with positions that refer to columns of `before`.
        before: preparation for which the spec was created.
        after: preparation for the rows to train on.
    """
    old, new = _columns(before), _columns(after)
    if old == new:
        return training
    moved = {place: new.index(name) for place, name in enumerate(old) if name in new}
    return training.model_copy(update={"model": _moved(training.model, moved)})


def _moved(layers: Sequence[Any], moved: Mapping[int, int]) -> tuple[Any, ...]:
    """Return the layers with updated positions of their embedded numbers."""
    kept, keeps_columns = list[Any](), True
    for layer in layers:
        if keeps_columns and isinstance(layer, spec.PeriodicEmbedding):
            numbers = tuple(sorted(moved[p] for p in layer.numbers if p in moved))
            if numbers:
                kept.append(layer.model_copy(update={"numbers": numbers}))
        elif keeps_columns and isinstance(layer, spec.Residual):
            inner = _moved(layer.layers, moved)
            kept.append(layer.model_copy(update={"layers": inner}))
        else:
            kept.append(layer)
        # positions in later layers refer to the outputs of this layer
        keeps_columns = keeps_columns and isinstance(layer, _KEEP_COLUMNS)
    return tuple(kept)


def _columns(preparation: Preparation) -> list[str]:
    """Return the names of the prepared columns that are not embedded, in order."""
    return [feature.name for feature in preparation.features if feature.kind != "code"]
