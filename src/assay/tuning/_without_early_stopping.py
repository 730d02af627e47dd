"""Removes early stopping from training specs."""

from assay import spec

__all__ = ["without_early_stopping"]


def without_early_stopping(training: spec.Training) -> spec.Training:
    """Return a copy of a resolved training spec without early stopping.

    Example:
        >>> training = spec.Training(regularizers=["l2", "early_stopping"])
        >>> [r.kind for r in without_early_stopping(training).regularizers]
        ['l2']
    """
    kept = [r for r in training.regularizers if not isinstance(r, spec.EarlyStopping)]
    return training.model_copy(update={"regularizers": tuple(kept)})
