"""Default values, derived from the data, for fields that the user does not set.

The defaults are rules of thumb that work well on all built-in data sets. A run records
the values that it uses.
"""

from typing import Any

from assay import costs, spec
from assay._errors import InputError
from assay.experiment.defaults._architectures import (
    few_trials,
    networks,
    training_fields,
)
from assay.experiment.defaults._data_profile import DataProfile
from assay.tuning import Candidate

__all__ = ["candidates", "is_auto", "resolve"]


_COSTS: dict[str, spec.Cost] = {
    "binary": spec.BinaryCrossEntropy(),
    "multiclass": spec.CrossEntropy(),
    "regression": spec.SquaredError(),
}
_LEARNING_RATE = spec.Log(5e-4, 5e-3)
# Weights that separate classes are large, and the cost of a linear network is convex.
_LINEAR_RATE = spec.Log(2e-3, 5e-2)
_MEMBERS = 4  # of a model for a table; more hardly reduce the error
_ONE_MEMBER = 200_000  # training examples from which a single network errs as little
_TRIALS = 20
_TRIALS_WITH_TIME = 1000  # maximum if only a time limit is set
_TWO_LAYERS = 5000  # a second layer helps above this number of training examples


def resolve(experiment: spec.Experiment, profile: DataProfile) -> spec.Experiment:
    """Return the experiment with every "auto" value replaced, except that of the model.

    The defaults of the optimizer and the regularizers contain search spaces, so they
    are tuned.

    Raises:
        InputError: the cost does not suit the task.
    """
    changes: dict[str, Any] = {}
    if is_auto(experiment, "cost"):
        changes["cost"] = _COSTS[profile.task]
    if profile.kind != "table":
        changes |= _left_open(experiment, training_fields(profile))
    if "optimizer" not in experiment.model_fields_set | changes.keys():
        changes["optimizer"] = spec.Adam(_LEARNING_RATE)
    if is_auto(experiment, "regularizers") and "regularizers" not in changes:
        changes["regularizers"] = (spec.L2(spec.Log(1e-5, 1e-1)), _patience(profile))
    if is_auto(experiment, "batch_size") and "batch_size" not in changes:
        changes["batch_size"] = _batch_size(profile)
    if is_auto(experiment, "num_epochs") and "num_epochs" not in changes:
        changes["num_epochs"] = _num_epochs(profile)
    resolved = experiment.model_copy(update=changes)
    _check_cost(resolved.cost, profile)
    return resolved


def is_auto(experiment: spec.Experiment, field: str) -> bool:
    """Return whether a field is "auto", which its declared type does not allow."""
    return getattr(experiment, field) == "auto"


def _left_open(experiment: spec.Experiment, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of fields that are "auto" or not set by the user."""
    return {
        name: value
        for name, value in values.items()
        if name not in experiment.model_fields_set or is_auto(experiment, name)
    }


def _check_cost(cost: spec.Cost, profile: DataProfile) -> None:
    """Raise an InputError unless the cost suits the task."""
    if profile.task not in costs.get(cost.kind).tasks:
        suitable = [
            name for name, loss in costs.REGISTRY.items() if profile.task in loss.tasks
        ]
        raise InputError(
            f"The cost {cost.kind!r} does not suit {profile.task} tasks. Use one of "
            f"{', '.join(suitable)}, or leave it out."
        )


def candidates(resolved: spec.Experiment, profile: DataProfile) -> list[Candidate]:
    """Return the kinds of network to try, from simplest to richest.

    If the user names a kind, only that one is tried. For tables, the default is a
    linear network and one with hidden layers. The linear network, which trains quickly,
    gets two fifths of the trials.
    """
    training, table = resolved.training(), profile.kind == "table"
    total = _num_trials(resolved.tune, profile)
    if not isinstance(training.model, str):
        embedding = _with_embedding(training.model, profile)
        training = training.model_copy(update={"model": embedding})
        members = 1 if resolved.members == "auto" else int(resolved.members)
        return [Candidate("model", training, total, members)]
    models = _models(profile)
    if training.model != "auto":
        shares = {training.model: total}
    elif total > 1 and table:
        linear = max(total * 2 // 5, 1)
        shares = {"linear": linear, "mlp": total - linear}
    else:
        kinds = ["mlp"] if table else list(networks(profile))
        # if there are fewer trials than kinds, the richest kinds get them
        kinds = kinds[-total:] if resolved.tune.num_trials != "auto" else kinds
        shares = {kind: max(total // len(kinds), 1) for kind in kinds}
    return [
        Candidate(
            name,
            _with_model(training, models[name], profile),
            num_trials,
            _members(resolved, name, profile),
        )
        for name, num_trials in shares.items()
    ]


def _members(resolved: spec.Experiment, name: str, profile: DataProfile) -> int:
    """Return how many networks of a default kind to train in the end."""
    if resolved.members != "auto":
        return int(resolved.members)
    # linear networks end alike, so their mean is no better than one of them
    several = profile.kind == "table" and name == "mlp"
    return _MEMBERS if several and profile.num_train < _ONE_MEMBER else 1


def _num_trials(tune: spec.Tune, profile: DataProfile) -> int:
    if tune.num_trials != "auto":
        return int(tune.num_trials)
    if profile.kind != "table":
        return few_trials(profile)
    return _TRIALS if tune.time_seconds is None else _TRIALS_WITH_TIME


def _with_model(
    training: spec.Training, model: tuple[spec.Layer, ...], profile: DataProfile
) -> spec.Training:
    """Return the training spec of a network; linear classifiers get higher rates."""
    changes: dict[str, Any] = {"model": _with_embedding(model, profile)}
    by_default = training.optimizer == spec.Adam(_LEARNING_RATE)
    if not model and by_default and profile.task != "regression":
        changes["optimizer"] = spec.Adam(_LINEAR_RATE)
    return training.model_copy(update=changes)


def _with_embedding(
    model: tuple[spec.Layer, ...], profile: DataProfile
) -> tuple[spec.Layer, ...]:
    """Return the layers, with an embedding layer first if the table has codes."""
    embeds = any(isinstance(layer, spec.EmbedColumns) for layer in model)
    if not profile.embedded or embeds:
        return model
    return (spec.EmbedColumns(profile.embedded), *model)


def _models(profile: DataProfile) -> dict[str, tuple[spec.Layer, ...]]:
    """Return the layers of the default networks, by name."""
    if profile.kind == "table":
        return {"linear": (), "mlp": _mlp(profile)}
    special = networks(profile)
    flat = special.get("bag", (spec.Flatten(),))
    return {"linear": flat, "mlp": (*flat, *_mlp(profile)), **special}


def _mlp(profile: DataProfile) -> tuple[spec.Layer, ...]:
    """Return a wide hidden layer with dropout, or two for thousands of examples.

    The width is proportional to the square root of the number of examples.
    """
    width = 32
    while width < 256 and width < 5 * profile.num_train**0.5:
        width *= 2
    inputs, hidden = spec.Uniform(0.0, 0.3), spec.Uniform(0.0, 0.5)
    layers: list[spec.Layer] = [spec.Dropout(inputs)]
    for _ in range(2 if profile.num_train > _TWO_LAYERS else 1):
        layers += [spec.Dense(width), spec.ReLU(), spec.Dropout(hidden)]
    return tuple(layers)


def _batch_size(profile: DataProfile) -> int:
    """Return the power of two from 16 to 512 that is close to num_train / 20."""
    size = 16
    while size < 512 and size * 20 < profile.num_train:
        size *= 2
    return size


def _num_epochs(profile: DataProfile) -> int:
    """Return enough epochs for thousands of updates; most fits stop earlier."""
    return int(min(max(400_000 / profile.num_train, 20), 300))


def _patience(profile: DataProfile) -> spec.EarlyStopping:
    return spec.EarlyStopping(max(5, _num_epochs(profile) // 15))
