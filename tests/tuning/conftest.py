"""Fixtures for a small problem and for searches on it."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assay import spec
from assay.training import TrainingData
from assay.tuning import Candidate, Search, Trial, search

NUM_TRAIN, NUM_VAL = 40, 16


def parts(num_classes: int = 2, scale: float = 1.0) -> tuple[Any, Any]:
    """Draw (inputs, targets) for train and val; the targets depend on the inputs."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(NUM_TRAIN + NUM_VAL, 3)).astype(np.float32)
    score = inputs @ np.array([1.0, -1.0, 0.5]) + rng.normal(size=len(inputs))
    targets = score.astype(np.float32)
    if num_classes > 1:
        cuts = np.quantile(score, np.arange(1, num_classes) / num_classes)
        targets = np.digitize(score, cuts).astype(np.int32)
    first, rest = slice(None, NUM_TRAIN), slice(NUM_TRAIN, None)
    return (scale * inputs[first], targets[first]), (inputs[rest], targets[rest])


def training_data_of(num_classes: int = 2, **how: Any) -> TrainingData:
    """Return the training data of the problem with a given number of classes."""
    return TrainingData.of(*parts(num_classes), num_classes=num_classes, **how)


@pytest.fixture(scope="session")
def training_data() -> Callable[..., TrainingData]:
    """Return a function that creates training data with a given number of classes."""
    return training_data_of


@pytest.fixture(scope="session")
def drawn() -> Callable[..., tuple[Any, Any]]:
    """Return a function that draws the arrays of the problem."""
    return parts


def asked_for(**changes: Any) -> spec.Training:
    """Return a training spec whose learning rate and penalty are search spaces."""
    fields: dict[str, Any] = {
        "model": (),
        "cost": "binary_cross_entropy",
        "optimizer": spec.SGD(spec.Log(1e-3, 1.0)),
        "regularizers": (spec.L2(spec.Uniform(0.0, 0.2)),),
        "batch_size": "all",
        "num_epochs": 3,
    }
    return spec.Training(**(fields | changes))


@pytest.fixture(scope="session")
def training() -> Callable[..., spec.Training]:
    """Return a function that creates a training spec with search spaces."""
    return asked_for


@pytest.fixture(scope="session")
def run_search() -> Callable[..., Search]:
    """Return a function that runs a search on the small problem."""

    def run(asked: spec.Training | None = None, **how: Any) -> Search:
        how = {"seed": 0, "num_trials": 6, "group_size": 2} | how
        names = ("group_size", "sampler", "pruner", "together")
        tune = {"pruner": "halving"} | {n: how.pop(n) for n in names if n in how}
        tune["time_seconds"] = how.pop("time_seconds", None)
        candidate = Candidate(
            "net",
            asked or asked_for(),
            how.pop("num_trials"),
            num_settings=how.pop("num_settings", 1),
        )
        how.setdefault("training_data", training_data_of())
        return search(candidate, tune=spec.Tune(**tune), **how)

    return run


@pytest.fixture(scope="session")
def made() -> Callable[..., Trial]:
    """Return a function that creates a trial without training."""

    def make(number: int, val_score: float = 0.5, **changes: Any) -> Trial:
        fields: dict[str, Any] = {
            "values": {},
            "state": "complete",
            "val_cost": 1.0,
            "train_cost": 1.0,
            "train_score": 0.5,
            "iterations": 10,
            "total_iterations": 20,
            "epochs": 10,
            "num_parameters": 100,
            "diverged_at": None,
            "duration_seconds": 0.0,
        }
        return Trial(number=number, val_score=val_score, **(fields | changes))

    return make
