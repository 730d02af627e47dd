"""What is taken where the user leaves it open, from the data at hand.

The values are rules of thumb that hold across the built-in sets; all of them stand in
the run's record.
"""

from typing import Any

from assay import costs, spec
from assay._errors import InputError, fault
from assay.experiment.defaults._architectures import few_trials, nets, trained_so
from assay.experiment.defaults._data_profile import DataProfile
from assay.tuning import Candidate

__all__ = ["candidates", "resolve"]


_COSTS: dict[str, spec.Cost] = {
    "binary": spec.BinaryCrossEntropy(),
    "multiclass": spec.CrossEntropy(),
    "regression": spec.SquaredError(),
}
_LEARNING_RATE = spec.Log(5e-4, 5e-3)
# Weights that part classes grow large, and the cost of a linear net has one minimum.
_LINEAR_RATE = spec.Log(2e-3, 5e-2)
_TRIALS = 20
_TRIALS_WITH_TIME = 1000  # at most, where only the time is said
_TWO_LAYERS = 5000  # training examples above which a second layer pays


def resolve(asked: spec.Experiment, facts: DataProfile) -> spec.Experiment:
    """Return the experiment with every word but the model's put into values.

    An optimizer and regularizers that were left open are tuned.

    Raises:
        InputError: the cost is not for the task.
    """
    changes: dict[str, Any] = {}
    if asked.cost == "auto":
        changes["cost"] = _COSTS[facts.task]
    if facts.kind != "table":
        changes |= _left_open(asked, trained_so(facts))
    if "optimizer" not in asked.model_fields_set | changes.keys():
        changes["optimizer"] = spec.Adam(_LEARNING_RATE)
    if asked.regularizers == "auto" and "regularizers" not in changes:
        changes["regularizers"] = (spec.L2(spec.Log(1e-5, 1e-1)), _patience(facts))
    if asked.batch_size == "auto" and "batch_size" not in changes:
        changes["batch_size"] = _batch_size(facts)
    if asked.num_epochs == "auto" and "num_epochs" not in changes:
        changes["num_epochs"] = _num_epochs(facts)
    resolved = asked.model_copy(update=changes)
    _check_cost(resolved.cost, facts)
    return resolved


def _left_open(asked: spec.Experiment, values: dict[str, Any]) -> dict[str, Any]:
    """Return those of the values that the user did not set, or set to "auto"."""
    said = asked.model_fields_set
    return {
        name: value
        for name, value in values.items()
        if name not in said or getattr(asked, name) == "auto"
    }


def _check_cost(cost: spec.Cost, facts: DataProfile) -> None:
    """Raise unless the cost is one for the task."""
    if facts.task not in costs.get(cost.kind).tasks:
        fit = [
            name for name, loss in costs.REGISTRY.items() if facts.task in loss.tasks
        ]
        fix = f"Write one of {', '.join(fit)}, or leave it out."
        raise InputError(fault(f"cost is for {facts.task}", "cost", cost.kind, fix))


def candidates(resolved: spec.Experiment, facts: DataProfile) -> list[Candidate]:
    """Return the kinds of net to try: those named, or from the simplest up.

    For a table, a model left open means a linear one and a net with hidden layers; the
    trials are shared among them, two fifths for the linear one, which is quick.
    """
    training, asked = resolved.training(), resolved.tune.num_trials
    table = facts.kind == "table"
    few = None if table else few_trials(facts)
    most = _TRIALS if resolved.tune.time_seconds is None else _TRIALS_WITH_TIME
    total = (few or most) if asked == "auto" else int(asked)
    if not isinstance(training.model, str):
        embedding = _with_embedding(training.model, facts)
        training = training.model_copy(update={"model": embedding})
        return [Candidate("model", training, total)]
    models = _models(facts)
    if training.model != "auto":
        shares = {training.model: total}
    elif total > 1 and table:
        linear = max(total * 2 // 5, 1)
        shares = {"linear": linear, "mlp": total - linear}
    else:
        kinds = ["mlp"] if table else list(nets(facts))
        # of a single trial, the richest kind of net has it
        kinds = kinds[-total:] if asked != "auto" else kinds
        shares = {kind: max(total // len(kinds), 1) for kind in kinds}
    return [
        Candidate(name, _with_model(training, models[name], facts), num_trials)
        for name, num_trials in shares.items()
    ]


def _with_model(
    training: spec.Training, model: tuple[spec.Layer, ...], facts: DataProfile
) -> spec.Training:
    """Return the training of a net; a linear one of classes takes larger steps."""
    changes: dict[str, Any] = {"model": _with_embedding(model, facts)}
    by_default = training.optimizer == spec.Adam(_LEARNING_RATE)
    if not model and by_default and facts.task != "regression":
        changes["optimizer"] = spec.Adam(_LINEAR_RATE)
    return training.model_copy(update=changes)


def _with_embedding(
    model: tuple[spec.Layer, ...], facts: DataProfile
) -> tuple[spec.Layer, ...]:
    """Return the layers after one that embeds the codes of a table, if it has any."""
    embeds = any(isinstance(layer, spec.EmbedColumns) for layer in model)
    if not facts.embedded or embeds:
        return model
    return (spec.EmbedColumns(facts.embedded), *model)


def _models(facts: DataProfile) -> dict[str, tuple[spec.Layer, ...]]:
    """Return the layers of every default net by its name."""
    if facts.kind == "table":
        return {"linear": (), "mlp": _mlp(facts)}
    found = nets(facts)
    flat = found.get("bag", (spec.Flatten(),))
    return {"linear": flat, "mlp": (*flat, *_mlp(facts)), **found}


def _mlp(facts: DataProfile) -> tuple[spec.Layer, ...]:
    """One wide hidden layer, two from some thousands of examples on, with dropout.

    The width grows with the square root of the examples.
    """
    width = 32
    while width < 256 and width < 5 * facts.num_train**0.5:
        width *= 2
    inputs, hidden = spec.Uniform(0.0, 0.3), spec.Uniform(0.0, 0.5)
    layers: list[spec.Layer] = [spec.Dropout(inputs)]
    for _ in range(2 if facts.num_train > _TWO_LAYERS else 1):
        layers += [spec.Dense(width), spec.ReLU(), spec.Dropout(hidden)]
    return tuple(layers)


def _batch_size(facts: DataProfile) -> int:
    """About a twentieth of the examples, between 16 and 512, a power of two."""
    size = 16
    while size < 512 and size * 20 < facts.num_train:
        size *= 2
    return size


def _num_epochs(facts: DataProfile) -> int:
    """Enough for some thousands of updates; early stopping ends it sooner."""
    return int(min(max(400_000 / facts.num_train, 20), 300))


def _patience(facts: DataProfile) -> spec.EarlyStopping:
    return spec.EarlyStopping(max(5, _num_epochs(facts) // 15))
