"""Costs and scores of the parts equal values that are computed directly."""

import math

import jax
import numpy as np
import pytest

from assay import spec
from assay.training import Fit, Program, TrainingData, hyperparameters, pad
from assay.training.program._evaluate import measure


def outputs_of(parameters, inputs):
    """Return the outputs of a network with at most one hidden layer, in float64."""
    x = np.float64(inputs)
    if "dense1" in parameters:
        x = np.tanh(x @ parameters["dense1"]["kernel"] + parameters["dense1"]["bias"])
    return x @ np.float64(parameters["output"]["kernel"]) + parameters["output"]["bias"]


def measured(parameters, part, class_weights, score_weights):
    """Return the weighted cross-entropy and the weighted accuracy."""
    count = int(part.count)
    outputs, targets = outputs_of(parameters, part.inputs[:count]), part.targets[:count]
    logs = outputs - np.log(np.exp(outputs).sum(1, keepdims=True))
    costs = -logs[np.arange(count), targets]
    right = outputs.argmax(1) == targets
    weights, counted = class_weights[targets], score_weights[targets]
    return (
        (weights * costs).sum() / weights.sum(),
        (counted * right).sum() / counted.sum(),
    )


ONES = np.ones(3)
UNLIKE = np.array([1.0, 2.0, 5.0])


@pytest.mark.parametrize("class_weights", [ONES, UNLIKE])
@pytest.mark.parametrize("score_weights", [ONES, UNLIKE])
def test_each_epoch_is_measured_as_it_is(
    start, training, problem, class_weights, score_weights
):
    """The cost and the score have different class weights."""
    data = problem()
    weights = {"class_weights": class_weights, "score_weights": score_weights}
    fit = start(training(), data, **weights)
    for _ in range(3):
        fit.advance()
        for name in ("train", "val"):
            part = getattr(data, name)
            expected = measured(
                fit.last().parameters, part, class_weights, score_weights
            )
            row = [fit.history.epochs[f"{name}_{w}"][-1] for w in ("cost", "score")]
            np.testing.assert_allclose(row, expected, rtol=1e-5)


def test_balanced_weights_make_balanced_accuracy(start, training, problem):
    """With weights of 1 / share, each class has the same total weight."""
    data = problem()
    targets = data.val.targets[:12]
    inverse = 1 / np.maximum(np.bincount(targets, minlength=3), 1)
    fit = start(training(), data, score_weights=inverse)
    fit.advance()
    right = outputs_of(fit.last().parameters, data.val.inputs[:12]).argmax(1) == targets
    recalls = [right[targets == c].mean() for c in range(3)]
    score = fit.history.epochs["val_score"][-1]
    assert score == pytest.approx(np.mean(recalls), rel=1e-5)
    assert len({(targets == c).sum() for c in range(3)}) > 1


def test_a_class_of_weight_3_counts_like_its_rows_three_times(start, linear, problem):
    data = problem()
    inputs, targets = data.train.inputs[:30], data.train.targets[:30]
    weights = np.array([1.0, 2.0, 3.0])
    times = weights[targets].astype(int)
    repeated = pad(np.repeat(inputs, times, 0), np.repeat(targets, times), 64)
    fits = [
        start(linear(), data, num_iterations=20, class_weights=weights).run(),
        start(linear(), data._replace(train=repeated), num_iterations=20).run(),
        start(linear(), data, num_iterations=20).run(),
    ]
    weighed, longer, plain = (fit.history.epochs["train_cost"] for fit in fits)
    np.testing.assert_allclose(weighed, longer, rtol=1e-5)
    assert abs(weighed[-1] / plain[-1] - 1) > 1e-3
    kernels = [fit.last().parameters["output"]["kernel"] for fit in fits]
    np.testing.assert_allclose(kernels[0], kernels[1], rtol=1e-4, atol=1e-6)


@pytest.fixture(scope="module")
def many():
    """Return 2100 rows for regression, a linear network and its compiled measure."""
    asked = spec.Training(
        model=(), cost="squared_error", regularizers=(), batch_size=32, num_epochs=1
    )
    program = Program(asked, (4,), num_classes=1, capacity=2560)
    rng = np.random.default_rng(0)
    inputs = rng.normal(size=(2500, 4)).astype(np.float32)
    targets = rng.normal(size=2500).astype(np.float32)
    model = program.network.initialize(rng)
    run = jax.jit(lambda part, h: measure(program.static, model, h, part))
    squares = np.square(outputs_of(model.parameters, inputs)[:, 0] - targets)

    def measured_and_expected(count, rows):
        hyper = hyperparameters(
            asked, num_classes=1, total_iterations=1, measured_rows=rows
        )
        part = pad(inputs[:count], targets[:count], 2560)
        found = run(jax.tree.map(jax.numpy.asarray, part), hyper)
        return np.asarray(found), squares[: min(count, rows)].mean()

    return measured_and_expected


@pytest.mark.parametrize("count", [1, 1023, 1024, 1025, 2048, 2049, 2500])
@pytest.mark.parametrize("rows", [10**6, 1500])
def test_rows_are_counted_once_whatever_the_slices(many, count, rows):
    """Slices have 1024 rows, and the last one is shifted back to fit into the part."""
    found, expected = many(count, rows)
    np.testing.assert_allclose(found, [expected, expected], rtol=1e-5)


def test_an_empty_part_is_not_a_number(start, training, problem):
    fit = start(training(), problem().without_val())
    fit.advance()
    assert np.isnan(fit.history.epochs["val_cost"]).all()
    assert np.isnan(fit.history.epochs["val_score"]).all()
    assert np.isfinite(fit.history.epochs["train_cost"]).all()


@pytest.mark.parametrize("cost", ["binary_cross_entropy", "hinge", "log_likelihood"])
def test_two_classes_from_one_output(start, linear, problem, cost):
    """A positive output means class 1."""
    data = problem(2)
    fit = start(linear(cost=cost), data)
    fit.advance()
    outputs = outputs_of(fit.last().parameters, data.val.inputs[:12])
    assert outputs.shape == (12, 1)
    right = (outputs[:, 0] > 0) == data.val.targets[:12]
    assert fit.history.epochs["val_score"][-1] == pytest.approx(right.mean())
    assert 0 < right.mean() < 1


def test_a_program_that_cannot_measure_trains_the_same(training, problem):
    asked, data, fits = training(), problem(), []
    for measures in (True, False):
        program = Program(asked, (4,), num_classes=3, capacity=32, measures=measures)
        values = hyperparameters(asked, num_classes=3, total_iterations=15)
        fit = Fit(
            program,
            values,
            train=data.train,
            val=data.val,
            seed=0,
            num_iterations=15,
            monitors=False,
        )
        fits.append(fit.run())
    parameters = [jax.tree.leaves(fit.last().parameters) for fit in fits]
    for one, other in zip(*parameters, strict=True):
        np.testing.assert_array_equal(one, other)
    costs = [fit.history.epochs["val_cost"] for fit in fits]
    assert np.isfinite(costs[0]).all()
    assert len(costs[1]) == len(costs[0])
    assert np.isnan(costs[1]).all()


def test_one_program_measures_fits_with_other_optimizers_and_batch_sizes():
    inputs = np.random.default_rng(0).normal(size=(30, 3)).astype(np.float32)
    targets = np.int32(inputs[:, 0] > 0)
    data = TrainingData.of((inputs, targets), (inputs, targets), num_classes=2)
    sgd = spec.Training(
        model=(spec.Dense(5), spec.Tanh()),
        cost="binary_cross_entropy",
        optimizer=spec.SGD(0.1),
        regularizers=(),
        batch_size=7,
        num_epochs=2,
    )
    adam = sgd.model_copy(update={"optimizer": spec.Adam(0.01), "batch_size": "all"})
    fit = data.fit(adam, seed=0).run()
    own = fit.program.costs(fit.state, fit.hyperparameters, data.val)
    other = data.program(sgd)
    assert other is not fit.program
    assert other.costs(fit.state, fit.hyperparameters, data.val) == own
    assert math.isfinite(own[0])
