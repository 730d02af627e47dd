"""What is taken where the user leaves it open, from the data at hand.

The values are rules of thumb that hold across the built-in sets; all of them stand in
the run's record.
"""

from dataclasses import dataclass
from typing import Any

from assay import costs, spec
from assay._errors import InputError, fault
from assay.tune import Candidate

__all__ = ["Facts", "candidates", "resolve"]


@dataclass(frozen=True)
class Facts:
    """What the defaults depend on.

    Args:
        num_train: number of training examples.
        num_inputs: numbers an example has, once prepared.
        task: "binary", "multiclass" or "regression".
    """

    num_train: int
    num_inputs: int
    task: str


_COSTS: dict[str, spec.Cost] = {
    "binary": spec.BinaryCrossEntropy(),
    "multiclass": spec.CrossEntropy(),
    "regression": spec.SquaredError(),
}
_LEARNING_RATE = spec.Log(5e-4, 5e-3)
_TRIALS = 20
_TWO_LAYERS = 5000  # training examples above which a second layer pays


def resolve(asked: spec.Experiment, facts: Facts) -> spec.Experiment:
    """Return the experiment with every word but the model's put into values.

    An optimizer and regularizers that were left open are tuned.

    Raises:
        InputError: the cost is not for the task.
    """
    changes: dict[str, Any] = {}
    if asked.cost == "auto":
        changes["cost"] = _COSTS[facts.task]
    if "optimizer" not in asked.model_fields_set:
        changes["optimizer"] = spec.Adam(_LEARNING_RATE)
    if asked.regularizers == "auto":
        changes["regularizers"] = (spec.L2(spec.Log(1e-5, 1e-1)), _patience(facts))
    if asked.batch_size == "auto":
        changes["batch_size"] = _batch_size(facts)
    if asked.num_epochs == "auto":
        changes["num_epochs"] = _num_epochs(facts)
    resolved = asked.model_copy(update=changes)
    _check_cost(resolved.cost, facts)
    return resolved


def _check_cost(cost: spec.Cost, facts: Facts) -> None:
    """Raise unless the cost is one for the task."""
    if facts.task not in costs.get(cost.kind).tasks:
        fit = [
            name for name, loss in costs.REGISTRY.items() if facts.task in loss.tasks
        ]
        fix = f"Write one of {', '.join(fit)}, or leave it out."
        raise InputError(fault(f"cost is for {facts.task}", "cost", cost.kind, fix))


def candidates(resolved: spec.Experiment, facts: Facts) -> list[Candidate]:
    """Return the kinds of net to try: those named, or from the simplest up.

    A model left open means a linear one and a net with hidden layers; the trials are
    shared among them, a quarter for the linear one.
    """
    training, asked = resolved.training(), resolved.tune.num_trials
    total = _TRIALS if asked == "auto" else int(asked)
    if not isinstance(training.model, str):
        return [Candidate("model", training, total)]
    if training.model == "auto" and total > 1:
        linear = max(total // 4, 1)
        names = {"linear": linear, "mlp": total - linear}
    else:
        names = {training.model: total}
    return [
        Candidate(
            name,
            training.model_copy(update={"model": _MODELS[name](facts)}),
            num_trials,
        )
        for name, num_trials in names.items()
    ]


def _mlp(facts: Facts) -> tuple[spec.Layer, ...]:
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


_MODELS = {"auto": _mlp, "mlp": _mlp, "linear": lambda facts: ()}


def _batch_size(facts: Facts) -> int:
    """About a fortieth of the examples, between 16 and 512, a power of two."""
    size = 16
    while size < 512 and size * 40 < facts.num_train:
        size *= 2
    return size


def _num_epochs(facts: Facts) -> int:
    """Enough for some thousands of updates; early stopping ends it sooner."""
    return int(min(max(400_000 / facts.num_train, 20), 300))


def _patience(facts: Facts) -> spec.EarlyStopping:
    return spec.EarlyStopping(max(5, _num_epochs(facts) // 15))
