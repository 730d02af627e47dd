"""The refit stage: trains the selected setting again on train + val."""

from dataclasses import dataclass

import numpy as np

from assay._errors import RunError
from assay.experiment.model._model import Model
from assay.experiment.prepare._rows import prepare_rows
from assay.experiment.selection._selection import Selection
from assay.training import Checkpoints, Fit, Resumable

__all__ = ["Refitted", "refit"]


@dataclass(frozen=True, eq=False)
class Refitted:
    """The model that the test part judges.

    Args:
        selection: the selected setting.
        fit: the training.
        model: the trained model, which is final.
        rows: row numbers of train + val in training order; only the first of them if
            rows are streamed.
    """

    selection: Selection
    fit: Fit
    model: Model
    rows: np.ndarray


def refit(selection: Selection, checkpoints: Checkpoints | None = None) -> Refitted:
    """Train on train + val for the number of updates that was best in tuning.

    Args:
        selection: the selected setting.
        checkpoints: keeps the training while it runs; None keeps nothing.

    Raises:
        RunError: the training diverged.
    """
    data = selection.prepared.data
    prepared = prepare_rows(data.for_refit())
    # the number of updates, not of epochs: with more rows, an epoch has more updates
    fit = prepared.training_data.fit(
        selection.training,
        seed=data.experiment.seed,
        num_iterations=selection.best.iterations,
        total_iterations=selection.best.total_iterations,
    )
    checkpoints = checkpoints or Checkpoints()
    resumable = checkpoints.resumable("refit", fit, selection.training)
    (fit,) = checkpoints.in_threads(Resumable.run, [resumable], threads=1)
    if fit.diverged_at is not None:
        raise RunError(
            f"Training on train + val diverged at iteration {fit.diverged_at}: the "
            "cost was no longer a finite number. The test part stays sealed. Write a "
            "lower learning rate, such as optimizer.learning_rate = 0.0001."
        )
    model = Model(selection.training, prepared.preparation, fit.result())
    return Refitted(selection, fit, model, prepared.rows)
