"""Default values for fields that the user does not set, derived from the data.

The defaults are rules of thumb that work well on all built-in data sets. The values
used in a run are recorded.
"""

from collections.abc import Iterable
from typing import Any

from assay import costs, spec
from assay._errors import InputError
from assay.experiment.defaults._architectures import (
    few_trials,
    networks,
    training_fields,
)
from assay.experiment.defaults._data_profile import DataProfile
from assay.experiment.defaults._tables import (
    CLOSED_FORM,
    LEARNING_RATE,
    LINEAR_PATH,
    first_settings,
    hidden_layers,
    num_members,
    num_settings,
    table_fields,
    table_networks,
)
from assay.tuning import Candidate

__all__ = ["candidates", "is_auto", "resolve"]


_COSTS: dict[str, spec.Cost] = {
    "binary": spec.BinaryCrossEntropy(),
    "multiclass": spec.CrossEntropy(),
    "regression": spec.SquaredError(),
}
# Linear classifiers train well with high learning rates, because the weights that
# separate classes are large and the cost is convex.
_LINEAR_RATE = spec.Log(2e-3, 5e-2)
_MOST_SOLVED = 2000  # number of inputs above which ridge regression is slow
_NOT_TRAINING = {"model", "cost", "initial_values", "precision", "devices"}
_TRIALS = 20
_TABLE_TRIALS = {"auto": 8, "realmlp": 5}  # enough with good first settings
_TRIALS_WITH_TIME = 1000  # maximum number if only a time limit is set


def resolve(
    experiment: spec.Experiment, profile: DataProfile, name: str = ""
) -> spec.Experiment:
    """Return the experiment with every "auto" value replaced, except for the model.

    The defaults of the optimizer and the regularizers contain search spaces, so they
    are tuned.

    Args:
        experiment: the experiment; fields set by the user are kept.
        profile: the properties of the data.
        name: kind of network whose defaults are used; by default, the model's name.

    Raises:
        InputError: the cost cannot be used for the task.
    """
    fields: dict[str, Any] = {"cost": _COSTS[profile.task]}
    if profile.kind != "table":
        fields |= training_fields(profile)
    else:
        name = name or str(experiment.model)
        fields |= table_fields(name, profile)
        if name == "linear" and _solves(experiment, profile):
            fields |= CLOSED_FORM
        if name == "realmlp" and _has_linear_path(experiment, profile):
            fields |= LINEAR_PATH
    resolved = experiment.model_copy(update=_left_open(experiment, fields))
    _check_cost(resolved.cost, profile)
    return resolved


def _solves(experiment: spec.Experiment, profile: DataProfile) -> bool:
    """Return whether a linear network starts at the ridge regression solution.

    If the user has set any training option, the network starts from random values.
    """
    fields = set(spec.Training.model_fields) - _NOT_TRAINING
    return (
        _has_linear_path(experiment, profile)
        and not _chosen(experiment, fields)
        and not experiment.tune.range_test
    )


def _has_linear_path(experiment: spec.Experiment, profile: DataProfile) -> bool:
    """Return whether networks for a table have a path fitted by ridge regression.

    By default, networks for regression have such a path if all inputs are numbers and
    are kept in memory. If the user refers to layers by name, there is no such path,
    because it would change the layer names.
    """
    if "initial_values" in experiment.model_fields_set:
        return experiment.initial_values == "ridge"
    return (
        profile.task == "regression"
        and 1 < profile.num_inputs <= _MOST_SOLVED
        and not (profile.embedded or profile.streamed)
        and experiment.cost in ("auto", spec.SquaredError())
        and not _chosen(experiment, ("freeze", "learning_rate_of"))
        and experiment.start_from is None
    )


def _chosen(experiment: spec.Experiment, fields: Iterable[str]) -> bool:
    """Return whether the user has chosen the value of any of the fields."""
    return any(
        name in experiment.model_fields_set and not is_auto(experiment, name)
        for name in fields
    )


def is_auto(experiment: spec.Experiment, field: str) -> bool:
    """Return whether a field is "auto" instead of a value of its declared type."""
    return getattr(experiment, field) == "auto"


def _left_open(experiment: spec.Experiment, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values of fields that are "auto" or not set by the user."""
    return {
        name: value
        for name, value in values.items()
        if name not in experiment.model_fields_set or is_auto(experiment, name)
    }


def _check_cost(cost: spec.Cost, profile: DataProfile) -> None:
    """Raise an InputError if the cost cannot be used for the task."""
    if profile.task not in costs.get(cost.kind).tasks:
        suitable = [
            name for name, loss in costs.REGISTRY.items() if profile.task in loss.tasks
        ]
        raise InputError(
            f"The cost {cost.kind!r} cannot be used for {profile.task} tasks. Use one "
            f"of {', '.join(suitable)}, or omit the cost."
        )


def candidates(experiment: spec.Experiment, profile: DataProfile) -> list[Candidate]:
    """Return the kinds of network to try, from simplest to most complex.

    If the user specifies a kind, only that kind is tried. For tables, the default is a
    linear network, with about two fifths of the trials (a single trial if it starts at
    the ridge regression solution), and `realmlp`, with the remaining trials.
    """
    if not isinstance(experiment.model, str):
        training = resolve(experiment, profile).training()
        training = _with_model(training, training.model, profile)
        total = _num_trials(experiment.tune, profile, "model")
        members = _members(experiment, "model", profile)
        return [Candidate("model", training, total, members)]
    models = _models(experiment, profile)
    if experiment.model == "realmlp" and profile.kind != "table":
        raise InputError(
            "The model 'realmlp' is for tables, but the data are of kind "
            f'{profile.kind!r}. Write model = "auto".'
        )
    found: list[Candidate] = []
    for name, num_trials in _shares(experiment, profile).items():
        training = resolve(experiment, profile, name).training()
        training = _with_model(training, models[name], profile)
        settings = first_settings(name, training) if profile.kind == "table" else ()
        members = _members(experiment, name, profile)
        in_turn = num_settings(name, profile)
        found.append(Candidate(name, training, num_trials, members, settings, in_turn))
    return found


def _shares(experiment: spec.Experiment, profile: DataProfile) -> dict[str, int]:
    """Return the number of trials for each kind of network."""
    name = str(experiment.model)
    total = _num_trials(experiment.tune, profile, name)
    if name != "auto":
        return {name: total}
    if profile.kind == "table" and total > 1:
        linear = 1 if _solves(experiment, profile) else max(total * 2 // 5, 1)
        if experiment.tune.num_trials == "auto":
            total -= max(total * 2 // 5, 1) - linear
        return {"linear": linear, "realmlp": total - linear}
    kinds = ["realmlp"] if profile.kind == "table" else list(networks(profile))
    # if there are fewer trials than kinds, only the most complex kinds are tried
    kinds = kinds[-total:] if experiment.tune.num_trials != "auto" else kinds
    return {kind: max(total // len(kinds), 1) for kind in kinds}


def _members(experiment: spec.Experiment, name: str, profile: DataProfile) -> int:
    """Return how many networks of the given kind the final model averages."""
    if experiment.members != "auto":
        return int(experiment.members)
    return num_members(name, profile)


def _num_trials(tune: spec.Tune, profile: DataProfile, model: str) -> int:
    """Return the number of trials for a named model, or for all models if "auto"."""
    if tune.num_trials != "auto":
        return int(tune.num_trials)
    if profile.kind != "table":
        return few_trials(profile)
    if tune.time_seconds is not None:
        return _TRIALS_WITH_TIME
    return _TABLE_TRIALS.get(model, _TRIALS)


def _with_model(
    training: spec.Training, model: tuple[spec.Layer, ...], profile: DataProfile
) -> spec.Training:
    """Return the training spec for a network.

    If the table has codes, the network starts with an embedding layer. Linear
    classifiers get higher learning rates by default.
    """
    optimizer = training.optimizer
    by_default = optimizer == spec.Adam(LEARNING_RATE)
    if not model and by_default and profile.task != "regression":
        optimizer = spec.Adam(_LINEAR_RATE)
    embeds = any(isinstance(layer, spec.EmbedColumns) for layer in model)
    if profile.embedded and not embeds:
        model = (spec.EmbedColumns(profile.embedded), *model)
    return training.model_copy(update={"model": model, "optimizer": optimizer})


def _models(
    experiment: spec.Experiment, profile: DataProfile
) -> dict[str, tuple[spec.Layer, ...]]:
    """Return the layers of the default networks, keyed by name."""
    if profile.kind == "table":
        linear_path = _has_linear_path(experiment, profile)
        return table_networks(profile, linear_path=linear_path)
    special = networks(profile)
    flat = special.get("bag", (spec.Flatten(),))
    return {"linear": flat, "mlp": (*flat, *hidden_layers(profile)), **special}
