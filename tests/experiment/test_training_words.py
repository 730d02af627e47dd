"""Every optimizer, schedule and regularizer can be selected by name in a spec."""

from functools import partial

import jax
import numpy as np
import pytest

from assay import spec
from assay.optim import schedules
from assay.training import TrainingData

NUM_EPOCHS = 4


@pytest.fixture(scope="module")
def training_data():
    """Draw two clouds of points for training in full batches."""
    rng = np.random.default_rng(0)
    targets = np.arange(40, dtype=np.int32) % 2
    inputs = np.float32(rng.normal(size=(40, 3)) + targets[:, None])
    rows = slice(0, 30), slice(30, None)
    parts = [(inputs[part], targets[part]) for part in rows]
    return TrainingData.of(*parts, num_classes=2)


def training_of(**words):
    """Return the training of a file that contains names instead of specs."""
    fields = {"model": [], "cost": "binary_cross_entropy", "regularizers": []}
    fields |= {"batch_size": "all", "num_epochs": NUM_EPOCHS}
    return spec.Experiment(**(fields | words)).training()


OPTIMIZERS = sorted(spec.Optimizer.members)
SCHEDULES = sorted(spec.Schedule.members)
COUNT = max(len(OPTIMIZERS), len(SCHEDULES))
# each name at least once, with as few compilations as possible
PAIRS = list(zip(OPTIMIZERS * 2, SCHEDULES * 2, strict=False))[:COUNT]


def test_every_member_is_tried():
    assert {name for name, _ in PAIRS} == set(OPTIMIZERS)
    assert {name for _, name in PAIRS} == set(SCHEDULES)


def factors_of(name):
    """Return the factor of each iteration by the schedule's own formula."""
    if name == "on_plateau":  # its patience is longer than this fit
        return [1.0] * NUM_EPOCHS
    schedule = spec.Schedule.read(name)
    values = {field: getattr(schedule, field) for field in type(schedule).model_fields}
    factor = jax.jit(partial(schedules.get(name).factor, **values))
    return [float(factor(index, NUM_EPOCHS)) for index in range(NUM_EPOCHS)]


@pytest.mark.parametrize(("optimizer", "schedule"), PAIRS)
def test_optimizers_and_schedules_train(training_data, optimizer, schedule):
    words = {"kind": optimizer, "learning_rate": 0.02}
    fit = training_data.fit(
        training_of(optimizer=words, schedule=schedule), seed=0
    ).run()
    costs = fit.history.iterations["cost"]
    assert len(costs) == NUM_EPOCHS
    assert fit.history.epochs["train_cost"][-1] < costs[0]
    rates = fit.history.iterations["learning_rate"]
    expected = 0.02 * np.array(factors_of(schedule))
    np.testing.assert_allclose(rates, expected, rtol=1e-5, atol=1e-9)


def test_the_name_of_a_network_is_resolved(run_quickly, cells):
    run = run_quickly(cells(), model="mlp")
    layers = run.summary["model"]["layers"]
    kinds = ["dropout", "dense", "relu", "dropout", "dense"]
    assert [layer["kind"] for layer in layers] == kinds
