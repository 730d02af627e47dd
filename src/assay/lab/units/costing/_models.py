"""Provides a trained model for each loss."""

from functools import lru_cache
from typing import Any

from assay import costs, spec
from assay._errors import InputError
from assay.lab.units.fitting._sources import Source, builtin, source_of

__all__ = ["trained"]

_DATA = {"binary": "breast_cancer", "multiclass": "digits", "regression": "diabetes"}

_EPOCHS = 5  # few epochs, so that the model still makes mistakes


def trained(run: str, name: str) -> tuple[Source, Any]:
    """Return data that suit a loss, and a trained model whose outputs suit it."""
    loss = costs.get(name)
    if not run:
        return _small_network(name)
    source = source_of(run)
    task = source.preparation.task.kind
    assert source.model is not None
    same_outputs = costs.get(source.model.training.cost.kind).num_outputs
    fits = loss.num_outputs(source.num_classes) == same_outputs(source.num_classes)
    if task not in loss.tasks or not fits:
        usable = [n for n, each in costs.REGISTRY.items() if task in each.tasks]
        raise InputError(
            f"{name} cannot be used with {source.name}, whose task is {task}. Use one "
            f"of {', '.join(usable)}."
        )
    return source, source.model


@lru_cache(maxsize=16)
def _small_network(name: str) -> tuple[Source, Any]:
    """Return a built-in data set that suits a loss, and a network trained on it."""
    loss = costs.get(name)
    if not loss.standardize:
        raise InputError(
            f"{name} requires counts as targets, but no built-in data set has them. "
            "Choose another loss."
        )
    task = "multiclass" if "multiclass" in loss.tasks else loss.tasks[0]
    source = builtin(_DATA[task])
    training = source.training.model_copy(
        update={
            "cost": spec.Cost.read(name),
            "optimizer": spec.Adam(0.003),
            "num_epochs": _EPOCHS,
        }
    )
    fit = source.fit(training).run()
    return source, source.model_of(fit, training)
