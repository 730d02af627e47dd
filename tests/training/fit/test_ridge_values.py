"""A linear network for regression can start at the solution of ridge regression."""

from dataclasses import replace

import numpy as np
import pytest

from assay import spec
from assay._errors import InputError
from assay.regularize import ridge
from assay.training import InitialValues, TrainingData


def linear(**changes):
    asked = {
        "model": (),
        "cost": "squared_error",
        "optimizer": spec.SGD(1e-4),
        "initial_values": "ridge",
        "regularizers": (),
        "batch_size": "all",
        "num_epochs": 10,
    }
    return spec.Training(**(asked | changes))


@pytest.fixture(scope="module")
def collinear():
    """Return train and val with targets in a direction that inputs hardly vary in."""
    random = np.random.default_rng(0)
    base, thin = random.normal(size=(2, 90, 1))
    inputs = np.hstack([base, base + 0.01 * thin]).astype(np.float32)
    targets = np.float32(thin[:, 0] + 0.1 * random.normal(size=90))
    parts = (inputs[:60], targets[:60]), (inputs[60:], targets[60:])
    return TrainingData.of(*parts, num_classes=1)


def solution(data):
    """Return ridge regression on the training rows."""
    inputs, targets = (np.asarray(data.train[place][:60]) for place in (0, 1))
    return ridge(inputs, targets)


def test_training_stays_at_the_solution(collinear):
    fit = collinear.fit(linear(), seed=0, measure_layers=False).run()
    output = fit.last().parameters["output"]
    expected = solution(collinear)
    np.testing.assert_allclose(output["kernel"][:, 0], expected.coefficients, rtol=1e-3)
    assert output["bias"] == pytest.approx(expected.intercept, abs=1e-3)
    assert fit.history.epochs["val_cost"][-1] < 0.05
    random = collinear.fit(linear(initial_values="random"), seed=0)
    assert (
        random.program.costs(random.state, random.hyperparameters, collinear.val)[0]
        > 0.2
    )


def test_values_from_another_run_come_first(collinear):
    given = {"output": {"kernel": np.ones((2, 1), np.float32)}}
    data = replace(collinear, initial_values=InitialValues(given, {}))
    kernel = data.fit(linear(), seed=0).last().parameters["output"]["kernel"]
    assert (kernel == 1).all()


@pytest.mark.parametrize(
    "changes",
    [
        {"model": (spec.Dense(4),)},
        {"model": (spec.Residual([spec.Dense(4)]),)},
        {"cost": "absolute_error"},
    ],
)
def test_other_networks_start_from_random_values(collinear, changes):
    with pytest.raises(InputError, match="remove initial_values"):
        collinear.fit(linear(**changes), seed=0)


def test_the_linear_path_of_a_residual_block_stays_ridge_regression(collinear):
    block = spec.Residual([spec.Dense(4), spec.ReLU(), spec.Dense(1)])
    asked = linear(
        model=(block,),
        freeze=("residual1.kernel", "output.kernel"),
        optimizer=spec.Adam(0.01),
    )
    fit = collinear.fit(asked, seed=0, measure_layers=False).run()
    parameters = fit.last().parameters
    expected = solution(collinear)
    kernel = parameters["residual1"]["kernel"][:, 0]
    np.testing.assert_allclose(kernel, expected.coefficients, rtol=1e-5)
    assert parameters["output"]["kernel"] == 1
    assert parameters["output"]["bias"] != pytest.approx(expected.intercept, abs=1e-4)
