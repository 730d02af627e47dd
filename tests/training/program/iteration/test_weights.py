"""Weights of examples act like repeated rows, and equal weights like none."""

import jax
import numpy as np
import pytest

from assay import spec
from assay.training import pad

CLASS_WEIGHTS = np.array([1.0, 2.0, 4.0])


@pytest.fixture
def weighted(problem):
    """A function that gives train and val of the problem some weights."""

    def weigh(of_train, of_val=None, num_classes=3):
        data = problem(num_classes)
        parts = []
        for part, weights in zip(
            (data.train, data.val), (of_train, of_val), strict=True
        ):
            count = int(part.count)
            rows = part.inputs[:count], part.targets[:count], part.capacity
            parts.append(pad(*rows, weights=weights))
        return data._replace(train=parts[0], val=parts[1])

    return weigh


@pytest.mark.parametrize("num_classes", [1, 3])
def test_a_whole_weight_is_like_repeated_rows(
    start, linear, problem, weighted, num_classes
):
    cost = "squared_error" if num_classes == 1 else "cross_entropy"
    asked = linear(cost=cost, num_epochs=20)
    weights = np.arange(30) % 3 + 1
    data = problem(num_classes)
    rows = np.repeat(np.arange(30), weights)
    longer = pad(data.train.inputs[rows], data.train.targets[rows], 64)
    repeated = start(asked, data._replace(train=longer)).run()
    once = start(asked, weighted(weights, num_classes=num_classes)).run()
    np.testing.assert_allclose(
        once.history.iterations["cost"], repeated.history.iterations["cost"], rtol=1e-5
    )
    jax.tree.map(
        lambda a, b: np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-6),
        once.last().parameters,
        repeated.last().parameters,
    )


def test_equal_weights_change_no_bit(start, training, weighted, problem, assert_same):
    """Sums of weights that are powers of two are as exact as counts of rows."""
    asked = training(model=(spec.Dense(8), spec.Tanh(), spec.Dropout(0.2)))
    plain = start(asked, problem(), class_weights=CLASS_WEIGHTS).run()
    data = weighted(np.full(30, 2.0), np.full(12, 0.5))
    equal = start(asked, data, class_weights=CLASS_WEIGHTS).run()
    assert_same(equal.last(), plain.last())
    assert_same(equal.history.epochs, plain.history.epochs)


def test_unweighted_data_have_no_array_of_weights(problem):
    assert len(jax.tree.leaves(problem().train)) == 3


def test_weights_meet_class_weights_accumulation_and_augmentation(
    start, training, weighted
):
    """A batch in parts gives the updates of the whole batch."""
    data = weighted(np.linspace(0.1, 3, 30))
    asked = training(augment=(spec.Jitter(0.1), spec.Mixup()), num_epochs=4)
    whole = start(asked, data, class_weights=CLASS_WEIGHTS).run()
    parts = asked.with_values({"accumulate": 2})
    parts = start(parts, data, class_weights=CLASS_WEIGHTS).run()
    np.testing.assert_allclose(
        parts.history.iterations["cost"], whole.history.iterations["cost"], rtol=2e-4
    )


def test_the_cost_of_val_is_weighted(start, training, weighted, problem):
    """A val set in which only the first four rows count is like these rows alone."""
    tiny = np.where(np.arange(12) < 4, 1.0, 1e-30)
    data = problem()
    first = data.with_val(data.val.inputs[:4], data.val.targets[:4])
    expected = start(training(), first).run().history.epochs
    found = start(training(), weighted(None, tiny)).run().history.epochs
    for name in ("val_cost", "val_score", "train_cost"):
        np.testing.assert_allclose(found[name], expected[name], rtol=1e-5)


def test_the_gradient_that_is_monitored_is_weighted(start, training, weighted):
    """The first measurement is of the first batch, whose gradient is recorded too."""
    weights = weighted(np.linspace(0.1, 3, 30))
    fit = start(training(), weights, monitors=True).run()
    norms = fit.history.monitors["gradient_norm"][0]
    total = np.sqrt(np.nansum(norms**2))
    np.testing.assert_allclose(
        total, fit.history.iterations["gradient_norm"][0], rtol=1e-5
    )
