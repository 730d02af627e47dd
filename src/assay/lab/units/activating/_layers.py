"""The activation layers of a network during training."""

from functools import lru_cache
from typing import Annotated, Any

from pydantic import Field

from assay import nn, spec
from assay._errors import InputError
from assay.lab.units._registry import Body, handles
from assay.lab.units.activating._curves import FLAT
from assay.lab.units.activating._snapshots import EDGES, MOST_ROWS, snapshot
from assay.lab.units.fitting._sources import Source, builtin, source_of
from assay.training import InitialValues

__all__ = ["LayersBody", "layers"]


class LayersBody(Body):
    """Request for a network's pre-activations during training.

    Args:
        run: name of a finished run; "" for a new network on the digits.
        activation: activation of all hidden layers; ignored for a run.
        num_layers: number of hidden layers of 32 units; ignored for a run.
        learning_rate: learning rate of gradient descent; ignored for a run.
        num_epochs: number of epochs to train; ignored for a run.
        seed: seed for the initial values and the batch order.
    """

    run: str = ""
    activation: str = "sigmoid"
    num_layers: Annotated[int, Field(ge=1, le=6)] = 3
    learning_rate: Annotated[float, Field(gt=0, le=1000)] = 0.1
    num_epochs: Annotated[int, Field(ge=0, le=20)] = 10
    seed: Annotated[int, Field(ge=0)] = 0


@handles("activations", "layers")
def layers(body: LayersBody) -> dict[str, Any]:
    """Return the pre-activations of each activation layer, before and after training.

    Without a run, there is one snapshot before training and one after each epoch. With
    a run, there is one of a newly initialized network and one of the trained model.
    """
    if body.run:
        return _of_run(source_of(body.run), seed=body.seed)
    nn.ACTIVATIONS.find(body.activation)
    return _of_digits(body.model_dump_json())


@lru_cache(maxsize=64)
def _of_digits(question: str) -> dict[str, Any]:
    body = LayersBody.model_validate_json(question)
    source = builtin()
    hidden = [spec.Dense(32), spec.Layer.read(body.activation)] * body.num_layers
    training = source.training.model_copy(
        update={
            "model": tuple(hidden),
            "optimizer": spec.SGD(body.learning_rate),
            "num_epochs": max(body.num_epochs, 1),
        }
    )
    fit = source.fit(training, seed=body.seed)
    snapshots = [snapshot(source, fit, 0)]
    for epoch in range(1, body.num_epochs + 1):
        fit.advance(epochs=1)
        snapshots.append(snapshot(source, fit, epoch))
    return _answer(source, snapshots, fit.diverged_at)


def _of_run(source: Source, *, seed: int) -> dict[str, Any]:
    assert source.model is not None
    fresh = source.fit(seed=seed)
    learned = source.model.members[0]
    trained = source.fit(seed=seed)
    values = InitialValues(learned.parameters, learned.statistics)
    trained.state = trained.program.initialize(seed, trained.hyperparameters, values)
    snapshots = [snapshot(source, fresh, 0), snapshot(source, trained, None)]
    if not snapshots[0]["layers"]:
        raise InputError(
            f"The network of {source.name} has no activation layers. Choose another "
            "run."
        )
    return _answer(source, snapshots, None)


def _answer(
    source: Source, snapshots: list[dict[str, Any]], diverged_at: int | None
) -> dict[str, Any]:
    return {
        "source": source.name,
        "edges": EDGES,
        "flat": FLAT,
        "num_rows": min(len(source.train[1]), MOST_ROWS),
        "snapshots": snapshots,
        "diverged_at": diverged_at,
    }
