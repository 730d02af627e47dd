"""Trains the members of a model once, without a search, refit or test."""

from typing import Any, NamedTuple

from assay import spec
from assay._errors import InputError
from assay.data import Dataset, Split
from assay.experiment.defaults._defaults import candidates
from assay.experiment.model._members import member_seed, run_members
from assay.experiment.model._model import Model
from assay.experiment.prepare._rows import prepare_rows
from assay.experiment.prepare._split import SplitData
from assay.metrics import primary
from assay.training import Checkpoints, Fit
from assay.tuning import Candidate, middle

__all__ = ["FittedMembers", "fit_members"]


class FittedMembers(NamedTuple):
    """A model and the fits of its members.

    Args:
        model: the trained model.
        fits: one finished fit per member.
    """

    model: Model
    fits: tuple[Fit, ...]


def fit_members(
    experiment: spec.Experiment,
    dataset: Dataset,
    split: Split,
    *,
    learning_rate: float | None = None,
    early_stopping: spec.EarlyStopping | None = None,
) -> FittedMembers:
    """Train all members on the training rows, using the first default setting.

    By default, the network is the most complex one that the protocol would try. For
    tables, this is `realmlp`.

    Args:
        experiment: settings for the fit; the fields data, split and tune are not used.
        dataset: the examples.
        split: the rows to train on, and the rows that early stopping monitors.
        learning_rate: learning rate; None for the optimizer's default.
        early_stopping: rule for stopping; None to train for all epochs.

    Raises:
        InputError: the settings are invalid for the data, or contain search spaces.
        RunError: the training diverged.
    """
    _check_no_spaces(experiment.training())
    metric = primary(dataset.task.kind)
    data = SplitData(experiment, dataset, split, metric)
    prepared = prepare_rows(data)
    profile = data.profile(prepared.preparation)
    one_trial = experiment.model_copy(update={"tune": spec.Tune(num_trials=1)})
    candidate = candidates(one_trial, profile)[-1]
    training = _training(candidate, learning_rate, early_stopping)
    _check_no_spaces(training)
    checkpoints = Checkpoints()
    fits = [
        prepared.training_data.fit(
            training,
            seed=member_seed(experiment.seed, number),
            measure_epochs=early_stopping is not None,
            measure_layers=False,
        )
        for number in range(candidate.members)
    ]
    waiting = [checkpoints.resumable("member", fit, training) for fit in fits]
    fits = run_members(
        waiting,
        checkpoints,
        training="Training",
        advice="Use a lower learning rate, such as learning_rate=0.0001.",
    )
    members = [fit.result() for fit in fits]
    return FittedMembers(Model(training, prepared.preparation, members), tuple(fits))


def _check_no_spaces(training: spec.Training) -> None:
    spaces = training.spaces()
    if spaces:
        raise InputError(
            [
                f"{path} must be a single value, but got {space}. Write one value, and "
                "use GridSearchCV to try others."
                for path, space in spaces.items()
            ]
        )


def _training(
    candidate: Candidate,
    learning_rate: float | None,
    early_stopping: spec.EarlyStopping | None,
) -> spec.Training:
    """Return the training spec of a candidate, with a value for each search space."""
    training = candidate.training
    first = candidate.settings[0] if candidate.settings else dict[str, Any]()
    values: dict[str, Any] = {
        path: first.get(path, middle(space))
        for path, space in training.spaces().items()
    }
    if learning_rate is not None:
        values["optimizer.learning_rate"] = learning_rate
    training = training.with_values(values)
    regularizers = tuple(
        r for r in training.regularizers if not isinstance(r, spec.EarlyStopping)
    )
    if early_stopping is not None:
        regularizers += (early_stopping,)
    return training.model_copy(update={"regularizers": regularizers})
