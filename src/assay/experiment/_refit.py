"""Trains the model again on train + val, with the selected setting."""

from dataclasses import dataclass

import numpy as np

from assay._errors import setting
from assay.experiment.model._members import member_seed, run_members
from assay.experiment.model._model import Model
from assay.experiment.prepare._positions import at_columns_of
from assay.experiment.prepare._rows import PreparedRows, prepare_rows
from assay.experiment.selection._selection import Selection, Setting
from assay.training import Checkpoints, Fit, Resumable

__all__ = ["Refitted", "refit"]


@dataclass(frozen=True, eq=False)
class Refitted:
    """The final model that is evaluated on the test set.

    Args:
        selection: the selected setting.
        fit: the fit of the first member on train + val.
        model: the trained model.
        rows: row numbers of train + val in training order; only the first rows if they
            are streamed.
    """

    selection: Selection
    fit: Fit
    model: Model
    rows: np.ndarray


def refit(selection: Selection, checkpoints: Checkpoints | None = None) -> Refitted:
    """Train every member on train + val for the number of updates found in tuning.

    The members cycle through the best settings.

    Args:
        selection: the selected setting.
        checkpoints: checkpoints of the running fits; None to disable checkpoints.

    Raises:
        RunError: the training diverged.
    """
    prepared = prepare_rows(selection.prepared.data.for_refit())
    checkpoints = checkpoints or Checkpoints()
    tuning = selection.prepared.tuning.preparation
    seed = selection.prepared.data.experiment.seed
    settings = [
        setting._replace(
            training=at_columns_of(setting.training, tuning, prepared.preparation)
        )
        for setting in selection.member_settings
    ]
    waiting = [
        _member(number, setting, prepared, seed=seed, checkpoints=checkpoints)
        for number, setting in enumerate(settings)
    ]
    kind = settings[0].training.optimizer.kind
    lower = setting("optimizer.learning_rate", 0.0001, kind)
    fits = run_members(
        waiting,
        checkpoints,
        training="Training on train + val",
        advice="The test set stays sealed. Use a lower learning rate, such as "
        f"{lower}.",
    )
    members = [fit.result() for fit in fits]
    model = Model(settings[0].training, prepared.preparation, members)
    return Refitted(selection, fits[0], model, prepared.rows)


def _member(
    number: int,
    setting: Setting,
    prepared: PreparedRows,
    *,
    seed: int,
    checkpoints: Checkpoints,
) -> Resumable:
    """Return the fit of a member. Members are numbered from 0."""
    # use the same number of updates, not epochs, because epochs now have more updates
    fit = prepared.training_data.fit(
        setting.training,
        seed=member_seed(seed, number),
        num_iterations=setting.trial.iterations,
        total_iterations=setting.trial.total_iterations,
    )
    name = f"refit-{number + 1}" if number else "refit"
    return checkpoints.resumable(name, fit, setting.training)
