"""Fixtures for a small problem with three classes and for fits on it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import numpy as np
import pytest

from assay import spec
from assay.training import Examples, Fit, hyperparameters, pad, program_for

NUM_TRAIN, NUM_VAL = 30, 12


class Problem(NamedTuple):
    """Padded training and validation sets."""

    train: Examples
    val: Examples
    num_classes: int = 3

    def with_val(self, inputs: Any, targets: Any) -> "Problem":
        """Return the problem with a different validation set."""
        return self._replace(val=pad(inputs, targets, self.val.capacity))

    def without_val(self) -> "Problem":
        """Return the problem without a validation set, as in a refit."""
        return self.with_val(self.val.inputs[:0], self.val.targets[:0])


def drawn(num_classes: int = 3) -> Problem:
    """Draw rows of 4 numbers, and a class (or number) that depends on them."""
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(NUM_TRAIN + NUM_VAL, 4)).astype(np.float32)
    score = inputs @ np.array([1.0, -1.0, 0.5, 0.0]) + rng.normal(size=len(inputs)) / 4
    if num_classes == 1:
        targets = score.astype(np.float32)
    else:
        cuts = np.quantile(score, np.arange(1, num_classes) / num_classes)
        targets = np.digitize(score, cuts).astype(np.int32)
    first, rest = slice(None, NUM_TRAIN), slice(NUM_TRAIN, None)
    return Problem(
        pad(inputs[first], targets[first], 32),
        pad(inputs[rest], targets[rest], 16),
        num_classes,
    )


@pytest.fixture(scope="session")
def problem() -> Callable[..., Problem]:
    """Return a function that draws a problem with a given number of classes."""
    return drawn


def trained(**changes: Any) -> spec.Training:
    """Return a resolved training spec for a small network, with some changes."""
    asked: dict[str, Any] = {
        "model": (spec.Dense(8), spec.Tanh()),
        "cost": "cross_entropy",
        "optimizer": spec.Adam(0.05),
        "regularizers": (),
        "batch_size": 7,
        "num_epochs": 3,
    }
    return spec.Training(**(asked | changes))


@pytest.fixture(scope="session")
def training() -> Callable[..., spec.Training]:
    """Return a function that creates a resolved training spec."""
    return trained


def linearly(**changes: Any) -> spec.Training:
    """Return a training spec for a network without hidden layers and full batches."""
    asked = {"model": (), "batch_size": "all", "optimizer": spec.SGD(0.05)}
    return trained(**(asked | changes))


@pytest.fixture(scope="session")
def linear() -> Callable[..., spec.Training]:
    """Return a function that creates a training spec that compiles quickly."""
    return linearly


def started(
    asked: spec.Training,
    data: Problem | None = None,
    *,
    seed: int = 0,
    num_iterations: int | None = None,
    monitors: bool = False,
    **weights: Any,
) -> Fit:
    """Return a new fit. Without monitors, one program less is compiled."""
    data = drawn() if data is None else data
    program = program_for(
        asked,
        data.train.inputs.shape[1:],
        num_classes=data.num_classes,
        capacity=data.train.capacity,
    )
    if num_iterations is None:
        per_epoch = program.iterations_per_epoch(int(data.train.count))
        num_iterations = int(asked.num_epochs) * per_epoch
    hyper = hyperparameters(
        asked,
        num_classes=data.num_classes,
        total_iterations=num_iterations,
        **weights,
    )
    return Fit(
        program,
        hyper,
        train=data.train,
        val=data.val,
        seed=seed,
        num_iterations=num_iterations,
        monitors=monitors,
    )


@pytest.fixture(scope="session")
def start() -> Callable[..., Fit]:
    """Return a function that creates a new fit."""
    return started


@pytest.fixture(scope="session")
def everything() -> spec.Training:
    """Return a training spec that uses every family that affects the training loop."""
    return trained(
        model=(
            spec.Dense(8),
            spec.BatchNorm(),
            spec.LeakyReLU(),
            spec.Dropout(0.2),
            spec.Dense(6),
            spec.ParametricReLU(),
        ),
        schedule=spec.OneCycle(),
        regularizers=(spec.L1(), spec.L2(), spec.EarlyStopping(4)),
        clip_norm=1.0,
    )


def same(one: Any, other: Any) -> None:
    """Fail unless two trees are bit-for-bit equal, where nan equals nan."""
    jax.tree.map(np.testing.assert_array_equal, one, other)


@pytest.fixture(scope="session")
def assert_same() -> Callable[[Any, Any], None]:
    """Return a function that fails unless two trees are bit-for-bit equal."""
    return same
