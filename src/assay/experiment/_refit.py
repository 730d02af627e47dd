"""The refit stage, which trains the selected setting again on train + val."""

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
    """The final model, which is evaluated on the test part.

    Args:
        selection: the selected setting.
        fit: the fit on train + val.
        model: the trained model.
        rows: row numbers of train + val in training order; if rows are streamed, only
            the first of them.
    """

    selection: Selection
    fit: Fit
    model: Model
    rows: np.ndarray


def refit(selection: Selection, checkpoints: Checkpoints | None = None) -> Refitted:
    """Train on train + val for the number of updates that was best in tuning.

    Args:
        selection: the selected setting.
        checkpoints: checkpoints for the running fit; None to keep none.

    Raises:
        RunError: the training diverged.
    """
    data = selection.prepared.data
    prepared = prepare_rows(data.for_refit())
    # keep the number of updates, because an epoch has more updates with more rows
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
            f"Training on train + val diverged at iteration {fit.diverged_at}, because "
            "the cost became NaN or infinite. The test part stays sealed. Use a lower "
            "learning rate, such as optimizer.learning_rate = 0.0001."
        )
    model = Model(selection.training, prepared.preparation, fit.result())
    return Refitted(selection, fit, model, prepared.rows)
